import { tokens } from '../../i18n/format';
import { AccountBadge } from '../../parts/Badge';
import { Countdown } from '../../parts/times';
import { link } from '../../router';
import { state } from '../../service/live';
import type { Account } from '../../service/types';
import { t } from './words';

/** What stands under an arch; the arch and it are one link to the account. */
export function ArchLabel({ account }: { account: Account }) {
  const provider = state.value?.providers.find(one => one.id === account.provider)?.name ?? account.provider;
  return (
    <a class="arch-label" href={link('accounts', account.id)}>
      <span class="arch-name">{account.name}</span>
      <span class="arch-provider">{provider !== account.name && provider}</span>
      <AccountBadge state={account.state} />
      {account.until !== null && (
        <span class="arch-until">
          <Countdown until={account.until} />
        </span>
      )}
      {account.state !== 'disabled' && (
        <span class="arch-use">
          {t('arch.requests', { n: account.requests_today })}
          <span class="arch-tokens">{t('arch.tokens', { tokens: tokens(account.tokens_today) })}</span>
        </span>
      )}
    </a>
  );
}
