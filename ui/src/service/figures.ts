/** What the admin API says of use: statistics, single calls, and the live state. */
import type { Account, StoreStatus } from './types';

export type Step = 'hour' | 'day';
export type By = 'none' | 'model' | 'account' | 'key';

export interface UsagePoint {
  at: number;
  requests: number;
  errors: number;
  prompt_tokens: number;
  completion_tokens: number;
  reasoning_tokens: number;
  first_token_p50_ms: number | null;
  total_p50_ms: number | null;
}

export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

export type Outcome =
  | 'answered'
  | 'refused'
  | 'rate'
  | 'account'
  | 'upstream'
  | 'timeout'
  | 'abandoned'
  | 'internal';

export type UsageTotal = {
  name: string;
  requests: number;
  errors: number;
  prompt_tokens: number;
  completion_tokens: number;
  reasoning_tokens: number;
  first_token_ms: Percentiles | null;
  total_ms: Percentiles | null;
} & Record<Outcome, number>;

export interface Usage {
  from: number;
  to: number;
  step: Step;
  by: By;
  series: { name: string; points: UsagePoint[] }[];
  totals: UsageTotal[];
}

export interface UsageQuery {
  from: number;
  to: number;
  step: Step;
  by: By;
  /** Minutes east of UTC, for days. */
  offset?: number;
  model?: string;
  account?: string;
  key?: string;
}

/** One finished call; never its texts. */
export interface Call {
  seq: number;
  id: string;
  at: number;
  /** Empty: the owner's own key. */
  key: string;
  model: string;
  served: string | null;
  account: string | null;
  attempts: number;
  stream: boolean;
  status: number;
  outcome: Outcome;
  code: string | null;
  prompt_tokens: number;
  completion_tokens: number;
  reasoning_tokens: number;
  counted: boolean;
  first_token_ms: number | null;
  total_ms: number;
}

export interface CallPage {
  requests: Call[];
  next: number | null;
}

export interface CallQuery {
  limit?: number;
  before?: number;
  key?: string;
  model?: string;
  account?: string;
  outcome?: Outcome;
}

export interface MinutePoint {
  at: number;
  requests: number;
  errors: number;
  tokens: number;
  first_token_p50_ms: number | null;
}

/** The whole of what the overview shows; sent again whenever it changed. */
export interface State {
  at: number;
  /** Names this start of the service: another one means that it was restarted. */
  boot: string;
  version: string;
  uptime_s: number;
  status: 'ok' | 'degraded';
  warnings: string[];
  under_way: number;
  waiting: number;
  store: StoreStatus;
  accounts: Account[];
  providers: { id: string; name: string; accounts: number; models: number }[];
  active_keys: number;
  now: {
    requests_minute: number;
    errors_minute: number;
    tokens_minute: number;
    first_token_p50_ms: number | null;
    requests_today: number;
    errors_today: number;
    tokens_today: number;
  };
  minutes: MinutePoint[];
}
