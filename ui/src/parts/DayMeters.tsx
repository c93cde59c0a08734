import { number, tokens } from '../i18n/format';
import { Meter } from './Meter';

interface DayMetersProps {
  /** What the two are called. */
  requests: string;
  tokens: string;
  used: { requests_today: number; tokens_today: number };
  limits: { requests_per_day?: number | null; tokens_per_day?: number | null };
}

/** Today's use, of an account or of a key, against what it may be. */
export function DayMeters({ requests, tokens: pieces, used, limits }: DayMetersProps) {
  return (
    <>
      <Meter label={requests} used={used.requests_today} limit={limits.requests_per_day} format={number} />
      <Meter label={pieces} used={used.tokens_today} limit={limits.tokens_per_day} format={tokens} />
    </>
  );
}
