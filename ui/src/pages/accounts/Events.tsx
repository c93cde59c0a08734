import { dateTime } from '../../i18n/format';
import { t as shared } from '../../i18n/words';
import { AccountBadge, Badge } from '../../parts/Badge';
import { EmptyState } from '../../parts/EmptyState';
import { Loaded } from '../../parts/Loaded';
import { Said } from '../../parts/Said';
import { Countdown, RelativeTime } from '../../parts/times';
import { useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import { now } from '../../service/clock';
import type { Account, AccountEvent, EventList } from '../../service/types';
import { path } from './actions';
import { t } from './words';

/** What happened to an account; asked for anew when its state or its credential changes. */
export function Events({ account }: { account: Account }) {
  const events = useResource(
    signal => ask<EventList>(path(account.id, 'events'), { signal }),
    [account.id, account.state, account.since, account.changed],
  );
  return (
    <Loaded resource={events} lines={5}>
      {data =>
        data.events.length === 0 ? (
          <EmptyState title={t('events.empty')}>{t('events.empty.text')}</EmptyState>
        ) : (
          <ol class="timeline" aria-label={t('events.label')}>
            {data.events.map((event, index) => (
              <Happened key={`${event.at}-${index}`} event={event} />
            ))}
          </ol>
        )
      }
    </Loaded>
  );
}

function Happened({ event }: { event: AccountEvent }) {
  return (
    <li class="event">
      <p class="event-head">
        <Mark event={event} />
        <span class="event-time" title={dateTime(event.at)}>
          <RelativeTime at={event.at} />
          <span class="note"> {dateTime(event.at)}</span>
        </span>
      </p>
      {event.from && event.to && (
        <p class="note">
          {event.from === event.to
            ? t('event.still', { state: stateWord(event.to) })
            : t('event.change', { from: stateWord(event.from), to: stateWord(event.to) })}
          {event.class && ` · ${t.maybe(`class.${event.class}`, event.class)}`}
          {event.status != null && ` (${event.status})`}
        </p>
      )}
      {event.message && (
        <p>
          <Said text={event.message} />
        </p>
      )}
      {event.remedy && (
        <p class="account-remedy">
          <strong>{t('remedy')}</strong> <Said text={event.remedy} />
        </p>
      )}
      {event.until != null && event.until > now.value && (
        <p class="note">
          {t.rich(event.to === 'expired' ? 'until.check' : 'until.again', {
            when: <Countdown until={event.until} />,
          })}
        </p>
      )}
    </li>
  );
}

function stateWord(state: string): string {
  return shared.maybe(`state.${state}`, state);
}

function Mark({ event }: { event: AccountEvent }) {
  if (event.kind === 'state' && event.to) return <AccountBadge state={event.to} />;
  return (
    <Badge tone={event.kind === 'expiry' ? 'ochre' : 'soft'}>
      {t.maybe(`event.${event.kind}`, event.kind)}
    </Badge>
  );
}
