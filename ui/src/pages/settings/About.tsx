import { duration, NOTHING } from '../../i18n/format';
import { Section } from '../../parts/Section';
import { state } from '../../service/live';
import { t } from './words';

/** What this is, and what it is not. */
export function About() {
  const now = state.value;
  return (
    <>
      <Section title={t('tab.about')}>
        <dl class="facts">
          <dt>{t('version')}</dt>
          <dd>qianqiao {now?.version ?? NOTHING}</dd>
          <dt>{t('uptime')}</dt>
          <dd>{now === null ? NOTHING : duration(now.uptime_s * 1_000)}</dd>
          <dt>{t('licence')}</dt>
          <dd>MIT</dd>
          <dt>{t('reference')}</dt>
          <dd>
            <a href="/docs" target="_blank" rel="noopener">
              /docs
            </a>{' '}
            ·{' '}
            <a href="/openapi.json" target="_blank" rel="noopener">
              /openapi.json
            </a>
          </dd>
        </dl>
      </Section>
      <Section title={t('limits')}>
        <ul class="limits">
          {(['limit1', 'limit2', 'limit3', 'limit4', 'limit5'] as const).map(key => (
            <li key={key}>{t(key)}</li>
          ))}
        </ul>
      </Section>
    </>
  );
}
