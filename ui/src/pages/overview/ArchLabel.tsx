import { tokens } from '../../i18n/format';
import { AccountBadge } from '../../parts/Badge';
import { Countdown } from '../../parts/times';
import { link } from '../../router';
import { now } from '../../service/clock';
import { state } from '../../service/live';
import type { Account } from '../../service/types';
import { t } from './words';

/** When it comes back or is looked at again; a time alone would read as if that were when it falls ill. */
function Until({ account: { state, until } }: { account: Account }) {
  if (until === null || until <= now.value) return null;
  const when = <Countdown until={until} />;
  return (
    <span class="arch-until">{t.rich(state === 'expired' ? 'arch.check' : 'arch.again', { when })}</span>
  );
}

/** What stands under an arch; the arch and it are one link to the account. */
export function ArchLabel({ account }: { account: Account }) {
  const provider = state.value?.providers.find(one => one.id === account.provider)?.name ?? account.provider;
  return (
    <a class="arch-label" href={link('accounts', account.id)}>
      <span class="arch-name" title={account.name}>
        {account.name}
      </span>
      <span class="arch-provider">{provider !== account.name && provider}</span>
      <AccountBadge state={account.state} />
      <Until account={account} />
      {account.state !== 'disabled' && (
        <span class="arch-use">
          {t('arch.requests', { n: account.requests_today })}
          <span class="arch-tokens">{t('arch.tokens', { tokens: tokens(account.tokens_today) })}</span>
        </span>
      )}
    </a>
  );
}
