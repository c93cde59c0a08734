import { CodeBlock } from '../../parts/Copyable';
import { Section } from '../../parts/Section';
import { link } from '../../router';
import type { State } from '../../service/figures';
import { t } from './words';

const DEMO = 'demo';

/** Whether nobody but the built-in demo answers yet. */
export function isFirstStart(state: State): boolean {
  return state.accounts.every(account => account.provider === DEMO);
}

/** From nothing to the first account. */
export function FirstSteps() {
  return (
    <Section title={t('first.title')} class="first">
      <ol class="steps">
        {([1, 2, 3] as const).map(step => (
          <li key={step}>
            <span class="step-number" aria-hidden="true">
              {t(`first.${step}.number`)}
            </span>
            <h3>{t(`first.${step}.title`)}</h3>
            <p>{t(`first.${step}.text`)}</p>
          </li>
        ))}
      </ol>
      <p class="row">
        <a class="button button-primary" href={link('accounts', null, { add: 1 })}>
          {t('first.go')}
        </a>
        <a class="button" href={link('playground')}>
          {t('first.try')}
        </a>
      </p>
      <CodeBlock title={t('first.curl')} text={curl()} />
    </Section>
  );
}

function curl(): string {
  return [
    `curl ${location.origin}/v1/chat/completions \\`,
    '  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\',
    `  -d '{"model":"auto","messages":[{"role":"user","content":"${t('first.hello')}"}]}'`,
  ].join('\n');
}
