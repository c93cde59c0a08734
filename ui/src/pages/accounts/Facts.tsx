import { number } from '../../i18n/format';
import { DayMeters } from '../../parts/DayMeters';
import { RelativeTime } from '../../parts/times';
import { state } from '../../service/live';
import type { Account } from '../../service/types';
import { t } from './words';

export function providerName(id: string): string {
  return state.value?.providers.find(one => one.id === id)?.name ?? id;
}

export function origin(account: Account): string {
  if (account.origin === 'console') return t('origin.console');
  return account.number === null ? t('origin.environment') : t('origin.numbered', { number: account.number });
}

export function LastCheck({ account }: { account: Account }) {
  if (account.last_check === null) return <>{t('fact.check.never')}</>;
  const when = <RelativeTime at={account.last_check} />;
  return <>{t.rich(account.last_check_good === false ? 'fact.check.bad' : 'fact.check.good', { when })}</>;
}

export function LastAnswer({ account }: { account: Account }) {
  if (account.last_answer === null) return <>{t('fact.answer.never')}</>;
  return <RelativeTime at={account.last_answer} />;
}

const SOON_MS = 4 * 24 * 3_600_000;

export function Expires({ account }: { account: Account }) {
  if (account.expires === null) return <>{t('fact.expires.unknown')}</>;
  const at = account.expires * 1_000;
  const soon = at - (state.value?.at ?? Date.now()) < SOON_MS;
  return (
    <span class={soon ? 'account-soon' : undefined}>
      <RelativeTime at={at} />
    </span>
  );
}

/** Today's use against the limits that hold. */
export function Today({ account }: { account: Account }) {
  return (
    <div class="account-today">
      <DayMeters
        requests={t('use.requests')}
        tokens={t('use.tokens')}
        used={account}
        limits={account.effective_limits}
      />
    </div>
  );
}

/** What is under way, against what may be. */
export function InFlight({ account }: { account: Account }) {
  const most = account.effective_limits.concurrent;
  return (
    <>
      {number(account.in_flight)}
      {most != null && ` / ${number(most)}`}
    </>
  );
}
