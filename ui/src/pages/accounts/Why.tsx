import { t as shared } from '../../i18n/words';
import { Countdown } from '../../parts/times';
import type { Account } from '../../service/types';
import { Said } from './Said';
import { t } from './words';

/** Why an account is as it is, what helps, and when it is tried again. */
export function Why({ account }: { account: Account }) {
  const { cause, state, until } = account;
  if (state === 'ready' || (state === 'disabled' && cause === null)) {
    if (cause === null) return null;
    return <p class="note">{t.rich('cause.last', { message: <Said text={cause.message} /> })}</p>;
  }
  return (
    <div class="account-why">
      {cause !== null && (
        <p>
          <Said text={cause.message} />
        </p>
      )}
      {cause?.remedy != null && (
        <p class="account-remedy">
          <strong>{t('remedy')}</strong> <Said text={cause.remedy} />
        </p>
      )}
      {until !== null && (
        <p class="note">
          {t.rich(state === 'expired' ? 'until.check' : 'until.again', { when: <Countdown until={until} /> })}
        </p>
      )}
      {until === null && state === 'needs_owner' && <p class="note">{t('until.never')}</p>}
      {cause === null && until === null && state !== 'disabled' && (
        <p class="note">{shared.maybe(`state.${state}`, state)}</p>
      )}
    </div>
  );
}
