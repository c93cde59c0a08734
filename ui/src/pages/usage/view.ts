import { go, params } from '../../router';
import { currentTime } from '../../service/clock';
import type { By, Step } from '../../service/figures';
import { EMPTY, type Kind } from './names';

export const RANGES = ['24h', '7d', '30d', '12m', 'custom'] as const;
export type Range = (typeof RANGES)[number];
export const BYS = ['none', 'model', 'account', 'key'] as const;
export const METRICS = ['requests', 'tokens', 'errors', 'first'] as const;
export type Metric = (typeof METRICS)[number];

/** What the page shows, all of it from the address. */
export interface View {
  range: Range;
  by: By;
  metric: Metric;
  /** Days as `2026-11-24`, for a range of one's own. */
  from: string;
  to: string;
  filters: Partial<Record<Kind, string>>;
}

export interface Span {
  from: number;
  to: number;
  step: Step;
  /** So long a span is drawn by the month. */
  monthly: boolean;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KINDS: readonly Kind[] = ['model', 'account', 'key'];
/** What the service tells at most. */
const LONGEST = 800 * DAY;

export function view(): View {
  const said = params.value;
  const filters = Object.fromEntries(KINDS.filter(kind => said[kind]).map(kind => [kind, said[kind]]));
  return {
    range: oneOf(RANGES, said.range, '7d'),
    by: oneOf(BYS, said.by, 'none'),
    metric: oneOf(METRICS, said.metric, 'requests'),
    from: said.from ?? '',
    to: said.to ?? '',
    filters,
  };
}

/** Goes to another view; the browser's back button leads back to this one. */
export function show(change: Record<string, string>): void {
  go('usage', null, { ...params.peek(), ...change });
}

function oneOf<T extends string>(all: readonly T[], said: string | undefined, otherwise: T): T {
  return all.find(one => one === said) ?? otherwise;
}

/** Minutes east of UTC, as the browser counts days. */
export function offset(): number {
  return -new Date().getTimezoneOffset();
}

/** A day as a date input writes it. */
export function dayText(at: number): string {
  const there = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${there.getFullYear()}-${two(there.getMonth() + 1)}-${two(there.getDate())}`;
}

/** The start of a day as a date input writes it; null if it is none. */
export function dayStart(text: string): number | null {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00`).getTime() : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

/** From when to when, and in what steps; null while a range of one's own makes no sense. */
export function spanOf({ range, from, to }: View): Span | null {
  const today = new Date(currentTime());
  today.setHours(0, 0, 0, 0);
  const daysAgo = (days: number) => new Date(today).setDate(today.getDate() - days);
  const tomorrow = daysAgo(-1);
  if (range === '24h') {
    const end = (Math.floor(currentTime() / HOUR) + 1) * HOUR;
    return { from: end - DAY, to: end, step: 'hour', monthly: false };
  }
  if (range === '7d') return { from: daysAgo(6), to: tomorrow, step: 'day', monthly: false };
  if (range === '30d') return { from: daysAgo(29), to: tomorrow, step: 'day', monthly: false };
  if (range === '12m') {
    const start = new Date(today.getFullYear(), today.getMonth() - 11, 1).getTime();
    return { from: start, to: tomorrow, step: 'day', monthly: true };
  }
  return customSpan(dayStart(from), dayStart(to));
}

function customSpan(first: number | null, last: number | null): Span | null {
  if (first === null || last === null || last < first) return null;
  const after = new Date(last);
  after.setDate(after.getDate() + 1);
  const to = after.getTime();
  if (to - first > LONGEST) return null;
  return { from: first, to, step: to - first <= 2 * DAY ? 'hour' : 'day', monthly: to - first > 92 * DAY };
}

/** The address of statistics. An empty name must stand in it as an empty value, not be left out. */
export function reportAddress(file: 'usage' | 'usage.csv', span: Span, by: By, filters: View['filters']) {
  const said = new URLSearchParams({
    from: String(span.from),
    to: String(span.to),
    step: span.step,
    by,
    offset: String(offset()),
  });
  addFilters(said, filters);
  return `/admin/api/${file}?${said}`;
}

export function addFilters(said: URLSearchParams, filters: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(filters)) {
    if (value) said.set(name, value === EMPTY ? '' : value);
  }
}
