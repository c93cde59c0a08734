import { toldBy } from '../../i18n/said';
import { t as shared } from '../../i18n/words';
import { Said } from '../../parts/Said';
import { Countdown } from '../../parts/times';
import { now } from '../../service/clock';
import type { Account, Cause } from '../../service/types';
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
      {cause !== null && <Reason cause={cause} />}
      {until !== null && <Again until={until} checked={state === 'expired'} />}
      {until === null && state === 'needs_owner' && <p class="note">{t('until.never')}</p>}
      {cause === null && until === null && state !== 'disabled' && (
        <p class="note">{shared.maybe(`state.${state}`, state)}</p>
      )}
    </div>
  );
}

/** Once a rest is over, the next request is what tries the account: until one comes, nothing happens. */
function Again({ until, checked }: { until: number; checked: boolean }) {
  if (!checked && now.value >= until) return <p class="note">{t('until.next')}</p>;
  const when = <Countdown until={until} />;
  return <p class="note">{t.rich(checked ? 'until.check' : 'until.again', { when })}</p>;
}

/** What happened and what helps. Before a sentence that is not there in the page's language stands its kind, in words. */
function Reason({ cause }: { cause: Cause }) {
  const abroad = toldBy(cause.message).lang !== undefined;
  return (
    <>
      {abroad && <p>{t.maybe(`plain.${cause.class}`, '')}</p>}
      <p class={abroad ? 'note' : undefined}>
        <Said text={cause.message} />
      </p>
      {cause.remedy !== null && (
        <p class={abroad ? 'note' : 'account-remedy'}>
          <strong>{t('remedy')}</strong> <Said text={cause.remedy} />
        </p>
      )}
    </>
  );
}
