import { language } from '../../i18n/language';
import { Notice } from '../../parts/Notice';
import type { App, Named, Setup } from './guides/guide';
import { type Mask, MaskedCode, MaskedValue } from './Masked';
import { t } from './words';

interface GuideViewProps {
  app: App;
  setup: Setup;
  mask: Mask | null;
}

/** What to fill in where, for one app. */
export function GuideView({ app, setup, mask }: GuideViewProps) {
  const { where, entries = [], snippets = [], notes = [], warning } = app.guide(setup);
  const name = t.maybe(`app.${app.id}`, app.name);
  return (
    <section class="guide" aria-labelledby="guide-name">
      <h2 id="guide-name" class="guide-name" tabIndex={-1}>
        {name}
      </h2>
      {warning && <Notice tone="ochre">{said(warning)}</Notice>}
      {where && <p class="guide-where">{said(where)}</p>}
      {entries.length > 0 && (
        <dl class="guide-entries">
          {entries.map(entry => (
            <div key={entry.label.en}>
              <dt>
                <Label label={entry.label} />
              </dt>
              <dd>
                <MaskedValue text={entry.value} mask={mask} label={said(entry.label)} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {entries.length > 1 && (
        <MaskedCode
          text={entries.map(entry => `${said(entry.label)}: ${entry.value}`).join('\n')}
          mask={mask}
          title={t('whole')}
          label={t('whole')}
        />
      )}
      {snippets.map(snippet => (
        <MaskedCode
          key={snippet.text}
          text={snippet.text}
          mask={mask}
          title={snippet.title}
          label={snippet.title}
        />
      ))}
      {notes.map(note => (
        <p key={note.en} class="note">
          {said(note)}
        </p>
      ))}
    </section>
  );
}

function said(named: Named): string {
  return named[language.value];
}

/** The field's name in the reader's language, and in the other where the app may speak that. */
function Label({ label }: { label: Named }) {
  const other = language.value === 'zh' ? 'en' : 'zh';
  return (
    <>
      {said(label)}
      {label[other] !== said(label) && (
        <span class="guide-other" lang={other === 'zh' ? 'zh-CN' : 'en'}>
          {label[other]}
        </span>
      )}
    </>
  );
}
