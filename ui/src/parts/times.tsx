import { dateTime, duration, NOTHING, relative } from '../i18n/format';
import { t } from '../i18n/words';
import { now } from '../service/clock';

/** Counts down to a time in milliseconds: "in 4 min 20 s". */
export function Countdown({ until }: { until: number | null | undefined }) {
  if (until == null) return <>{NOTHING}</>;
  const left = until - now.value;
  const text = left <= 0 ? t('time.due') : t('time.in', { duration: duration(left) });
  return (
    <time class="countdown" dateTime={new Date(until).toISOString()} title={dateTime(until)}>
      {text}
    </time>
  );
}

/** How long ago, or when: "3 minutes ago". */
export function RelativeTime({ at }: { at: number | null | undefined }) {
  if (at == null) return <>{NOTHING}</>;
  return (
    <time dateTime={new Date(at).toISOString()} title={dateTime(at)}>
      {relative(at, now.value)}
    </time>
  );
}
