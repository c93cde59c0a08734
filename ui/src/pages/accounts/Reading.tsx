import { date } from '../../i18n/format';
import { said } from '../../i18n/said';
import { Badge } from '../../parts/Badge';
import { Said } from '../../parts/Said';
import { toldWithout } from '../../parts/told';
import { state } from '../../service/live';
import type { Understood } from '../../service/types';
import { t } from './pasteWords';
import { asksWhose, type Preview } from './usePreview';

interface ReadingProps {
  preview: Preview;
  nameOf: (provider: string) => string;
}

/** What the service understood so far; heard as it changes. */
export function Reading({ preview, nameOf }: ReadingProps) {
  const { kind, understood, error } = preview;
  return (
    <section class="reading" aria-live="polite" aria-busy={kind === 'busy'} aria-label={t('read.title')}>
      <h3>
        {t('read.title')}
        {kind === 'busy' && <span class="note"> {t('read.busy')}</span>}
      </h3>
      {kind === 'empty' && <p class="note">{t('read.empty')}</p>}
      {understood !== null && <Found understood={understood} nameOf={nameOf} />}
      {kind !== 'empty' && understood === null && error != null && (
        <>
          <Badge tone="ochre">{t(asksWhose(error) ? 'read.whose' : 'read.not')}</Badge>
          <p>{asksWhose(error) ? t('read.whose.text') : toldWithout(error, 'paste')}</p>
        </>
      )}
    </section>
  );
}

function Found({ understood, nameOf }: { understood: Understood } & Omit<ReadingProps, 'preview'>) {
  const form = said(understood.form);
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
      <p>{whose(understood)}</p>
    </>
  );
}

function Items({ items }: { items: string[] }) {
  return (
    <ul>
      {items.map(item => (
        <li key={item}>
          <Said text={item} />
        </li>
      ))}
    </ul>
  );
}

function whose({ account }: Understood): string {
  return account === null ? t('read.new') : t('read.known', { name: nameOfAccount(account) });
}

export function nameOfAccount(id: string): string {
  return state.value?.accounts.find(one => one.id === id)?.name ?? id;
}
