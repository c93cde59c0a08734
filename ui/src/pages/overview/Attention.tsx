import type { ComponentChildren } from 'preact';
import { relative } from '../../i18n/format';
import { language } from '../../i18n/language';
import { said, toldBy } from '../../i18n/said';
import { STATE_TONES } from '../../parts/Badge';
import { Notice } from '../../parts/Notice';
import { link } from '../../router';
import type { State } from '../../service/figures';
import type { Account } from '../../service/types';
import { t } from './words';

const SHOWN = 3;
const SOON_MS = 3 * 24 * 3_600_000;

function needsOwner(account: Account): boolean {
  return STATE_TONES[account.state] === 'vermilion';
}

/** Whether it works now, and will not for long. */
function endsSoon({ expires, state }: Account, now: number): boolean {
  const tone = STATE_TONES[state];
  return (tone === 'jade' || tone === 'ochre') && expires !== null && expires * 1_000 < now + SOON_MS;
}

interface OfAccountProps {
  account: Account;
  tone: 'vermilion' | 'ochre';
  /** What the way to the account is called. */
  action: string;
  children: ComponentChildren;
}

/** Something about one account, with the way to it. */
function OfAccount({ account, tone, action, children }: OfAccountProps) {
  const way = (
    <a class="button" href={link('accounts', account.id)}>
      {action}
      <span class="unseen">: {account.name}</span>
    </a>
  );
  return (
    <Notice tone={tone} title={account.name} actions={way}>
      {children}
    </Notice>
  );
}

/** What only the owner can mend, each with the way to do so. */
export function Attention({ state }: { state: State }) {
  const ill = state.accounts.filter(needsOwner);
  const { problem } = state.store;
  const ending = state.accounts.filter(account => endsSoon(account, state.at));
  if (ill.length + ending.length === 0 && problem === null) return null;
  return (
    <div class="attention">
      {ill.slice(0, SHOWN).map(account => (
        <OfAccount key={account.id} account={account} tone="vermilion" action={t('attention.go')}>
          {reason(account)}
        </OfAccount>
      ))}
      {ill.length > SHOWN && (
        <p>
          <a href={link('accounts')}>{t('attention.more', { n: ill.length - SHOWN })}</a>
        </p>
      )}
      {ending.map(account => (
        <OfAccount key={account.id} account={account} tone="ochre" action={t('attention.renew')}>
          {t('attention.ends', { when: relative((account.expires ?? 0) * 1_000, state.at) })}
        </OfAccount>
      ))}
      {problem !== null && (
        <Notice
          tone="ochre"
          title={t('store.title')}
          actions={
            <a class="button" href={link('settings')}>
              {t('store.go')}
            </a>
          }
        >
          {isAbroad(problem) ? t('store.text') : sentence(said(problem))}
        </Notice>
      )}
    </div>
  );
}

/** What happened and what helps; in the page's language the kind of fault says as much as a sentence in another. */
function reason({ cause, state }: Account): string {
  const known = t.maybe(`cause.${cause?.class ?? state}`, '');
  if (cause === null || (known !== '' && isAbroad(cause.message))) return known;
  return said([cause.message, cause.remedy].filter(part => part).join(' '));
}

function isAbroad(text: string): boolean {
  return toldBy(text).lang !== undefined;
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?。]$/.test(whole) ? whole : `${whole}${language.value === 'zh' ? '。' : '.'}`;
}
