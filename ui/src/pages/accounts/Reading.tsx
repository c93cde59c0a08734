import { date } from '../../i18n/format';
import { Badge } from '../../parts/Badge';
import { told } from '../../parts/told';
import { state } from '../../service/live';
import type { Understood } from '../../service/types';
import { t } from './pasteWords';
import { asksWhose, type Preview } from './usePreview';
import { t as own } from './words';

interface ReadingProps {
  preview: Preview;
  nameOf: (provider: string) => string;
  /** The account that its owner means to renew. */
  wanted: string | null;
}

/** What the service understood so far; heard as it changes. */
export function Reading({ preview, nameOf, wanted }: ReadingProps) {
  const { kind, understood, error } = preview;
  return (
    <section class="reading" aria-live="polite" aria-busy={kind === 'busy'} aria-label={t('read.title')}>
      <h3>
        {t('read.title')}
        {kind === 'busy' && <span class="note"> {t('read.busy')}</span>}
      </h3>
      {kind === 'empty' && <p class="note">{t('read.empty')}</p>}
      {understood !== null && <Found understood={understood} nameOf={nameOf} wanted={wanted} />}
      {kind !== 'empty' && understood === null && error != null && (
        <>
          <Badge tone="ochre">{t(asksWhose(error) ? 'read.whose' : 'read.not')}</Badge>
          <p>{asksWhose(error) ? t('read.whose.text') : told(error).replace(/^`paste`: /, '')}</p>
        </>
      )}
    </section>
  );
}

function Found({ understood, nameOf, wanted }: { understood: Understood } & Omit<ReadingProps, 'preview'>) {
  const form = own.maybe(`form.${understood.form}`, understood.form);
  return (
    <>
      <Badge tone="jade">{t('read.is', { form, provider: nameOf(understood.provider) })}</Badge>
      <dl class="facts">
        <dt>{t('read.found')}</dt>
        <dd>
          <Items items={understood.understood} />
        </dd>
        {understood.missing.length > 0 && (
          <>
            <dt>{t('read.missing')}</dt>
            <dd>
              <Items items={understood.missing} />
            </dd>
          </>
        )}
        <dt>{t('read.expires')}</dt>
        <dd>{understood.expires === null ? t('read.expires.none') : date(understood.expires * 1_000)}</dd>
      </dl>
      <p>{whose(understood, wanted)}</p>
    </>
  );
}

function Items({ items }: { items: string[] }) {
  return (
    <ul>
      {items.map(item => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );
}

function whose({ account }: Understood, wanted: string | null): string {
  if (account === null) return wanted === null ? t('read.new') : '';
  if (wanted !== null && wanted !== account) {
    return t('read.other', { name: nameOfAccount(account), wanted: nameOfAccount(wanted) });
  }
  return t('read.known', { name: nameOfAccount(account) });
}

export function nameOfAccount(id: string): string {
  return state.value?.accounts.find(one => one.id === id)?.name ?? id;
}
