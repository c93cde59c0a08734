import { AccountBadge, STATE_TONES } from '../../parts/Badge';
import { classes } from '../../parts/classes';
import { link } from '../../router';
import type { Account } from '../../service/types';
import { Deeds } from './Deeds';
import { Expires, InFlight, LastAnswer, LastCheck, origin, providerName, Today } from './Facts';
import { Why } from './Why';
import { t } from './words';

/** One account in the list: who it is, how it is and what helps, and today's use. */
export function AccountRow({ account }: { account: Account }) {
  const tone = STATE_TONES[account.state] ?? 'soft';
  const isPlain = account.cause === null && (account.state === 'ready' || account.state === 'disabled');
  return (
    <li class={`account tone-${tone}`}>
      <div class="account-who">
        <h3>
          <a href={link('accounts', null, { id: account.id })}>{account.name}</a>
        </h3>
        <AccountBadge state={account.state} />
        <p class="note">
          {providerName(account.provider)} · {origin(account)}
        </p>
      </div>
      <div class={classes('account-how', isPlain && 'account-plain')}>
        <Why account={account} />
        <dl class="account-facts">
          <div>
            <dt>{t('fact.inFlight')}</dt>
            <dd>
              <InFlight account={account} />
            </dd>
          </div>
          <div>
            <dt>{t('fact.lastAnswer')}</dt>
            <dd>
              <LastAnswer account={account} />
            </dd>
          </div>
          <div>
            <dt>{t('fact.lastCheck')}</dt>
            <dd>
              <LastCheck account={account} />
            </dd>
          </div>
          {account.expires !== null && (
            <div>
              <dt>{t('fact.expires')}</dt>
              <dd>
                <Expires account={account} />
              </dd>
            </div>
          )}
        </dl>
        <Deeds account={account} />
      </div>
      <Today account={account} />
    </li>
  );
}
