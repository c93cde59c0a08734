/** What the service's admin API says, field for field. Times are milliseconds since 1970 unless a name says otherwise. */

export type AccountState = 'ready' | 'cooling' | 'exhausted' | 'expired' | 'needs_owner' | 'disabled';
export type FaultClass =
  | 'rate'
  | 'quota'
  | 'expired'
  | 'needs_owner'
  | 'banned'
  | 'upstream'
  | 'timeout'
  | 'protocol';

/** How much an account may be used. What is not there is not limited. */
export interface AccountLimits {
  concurrent?: number;
  requests_per_minute?: number;
  requests_per_day?: number;
  tokens_per_day?: number;
  weight?: number;
}

export interface Cause {
  class: FaultClass;
  status: number | null;
  message: string;
  remedy: string | null;
}

export interface Account {
  id: string;
  name: string;
  provider: string;
  origin: 'environment' | 'console';
  number: number | null;
  identity: string | null;
  state: AccountState;
  since: number;
  until: number | null;
  cause: Cause | null;
  /** When its credential ends, in SECONDS since 1970. */
  expires: number | null;
  limits: AccountLimits;
  effective_limits: AccountLimits;
  in_flight: number;
  requests_today: number;
  tokens_today: number;
  answers: number;
  failures: number;
  last_answer: number | null;
  last_check: number | null;
  last_check_good: boolean | null;
  created: number;
  changed: number;
}

export interface AccountList {
  accounts: Account[];
}

export interface AccountEvent {
  at: number;
  kind: 'state' | 'credential' | 'account' | 'expiry';
  from?: AccountState;
  to?: AccountState;
  class?: FaultClass;
  status?: number;
  message?: string;
  remedy?: string;
  until?: number;
}

export interface EventList {
  events: AccountEvent[];
}

export interface Pasted {
  paste: string;
  provider?: string;
  name?: string;
  limits?: AccountLimits;
}

export interface AccountEdit {
  name?: string;
  limits?: AccountLimits;
  enabled?: boolean;
}

export interface Understood {
  provider: string;
  form: string;
  understood: string[];
  missing: string[];
  /** In SECONDS since 1970. */
  expires: number | null;
  /** The account that is renewed by this paste, if it is known already. */
  account: string | null;
}

export interface Taken {
  account: Account | null;
  created: boolean;
  confirmed: boolean;
  unconfirmed: string | null;
  kept: boolean;
  not_kept: string | null;
  understood: Understood;
}

export interface Tested {
  alive: boolean | null;
  message: string;
  account: Account | null;
}

export interface ServedModel {
  name: string;
  /** Who is asked, in this order, as `provider/model`. */
  ways: string[];
  hidden: boolean;
}

export interface ServedProvider {
  id: string;
  name: string;
  accounts: number;
  models: number;
  models_fetched: boolean;
}

export interface Names {
  aliases: Record<string, string>;
  hidden: string[];
  routes: Record<string, string[]>;
}

export interface Served {
  models: ServedModel[];
  providers: ServedProvider[];
  names: Names;
}

export interface Setting {
  name: string;
  meaning: string;
  value: unknown;
  source: 'console' | 'environment' | 'default';
}

export interface NotifyView {
  host: string | null;
  form: string | null;
  problem: string | null;
}

export interface SettingList {
  settings: Setting[];
  notify: NotifyView;
}

export interface SettingChanged {
  setting: Setting | null;
  kept: boolean;
  not_kept: string | null;
}

export interface StoreStatus {
  on_disk: boolean;
  problem: string | null;
  pending: number;
  bytes: number;
  last_write: number;
}

export interface SessionStatus {
  signed_in: boolean;
  expires: number | null;
}

export interface SignedIn {
  expires: number;
  token: string | null;
}

export interface Session {
  id: string;
  created: number;
  expires: number;
  last_seen: number;
  address: string;
  current: boolean;
}

export interface SessionList {
  sessions: Session[];
}

export interface AuditEntry {
  seq: number;
  at: number;
  who: 'key' | 'session' | 'nobody';
  address: string;
  action: string;
  subject: string | null;
  status: number;
}

export interface AuditPage {
  entries: AuditEntry[];
  next: number | null;
}

export interface KeyLimits {
  requests_per_minute: number | null;
  requests_per_day: number | null;
  tokens_per_minute: number | null;
  tokens_per_day: number | null;
}

export type KeyState = 'active' | 'paused' | 'expired' | 'revoked';

export interface Key {
  id: string;
  name: string;
  hint: string;
  /** Empty: all models. */
  models: string[];
  limits: KeyLimits;
  expires: number | null;
  enabled: boolean;
  state: KeyState;
  created: number;
  last_used: number | null;
  used: { requests_minute: number; tokens_minute: number; requests_today: number; tokens_today: number };
}

export interface KeyList {
  keys: Key[];
}

export interface NewKey {
  name: string;
  models?: string[];
  limits?: Partial<KeyLimits>;
  expires?: number | null;
}

export interface KeyEdit {
  name?: string;
  models?: string[];
  limits?: Partial<KeyLimits>;
  expires?: number | null;
  enabled?: boolean;
}

export interface KeyMade {
  key: Key;
  secret: string;
  kept: boolean;
  not_kept: string | null;
}

export interface MasterKey {
  source: 'environment' | 'kept';
  hint: string;
}

export interface Variable {
  name: string;
  value: string | null;
  source: 'environment' | '.env' | 'default' | 'made';
  secret: boolean;
  meaning: string;
}

export interface Environment {
  variables: Variable[];
}
