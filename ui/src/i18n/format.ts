import { language, tag } from './language';
import { t } from './words';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export type Maybe = number | null | undefined;

/** What stands where nothing is known. */
export const NOTHING = '–';

// A formatter is costly to make and there are few of them.
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const name = `n${tag()}${JSON.stringify(options)}`;
  const known = made.get(name) ?? new Intl.NumberFormat(tag(), options);
  made.set(name, known);
  return known as Intl.NumberFormat;
}

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `d${tag()}${JSON.stringify(options)}`;
  const known = made.get(name) ?? new Intl.DateTimeFormat(tag(), { hour12: false, ...options });
  made.set(name, known);
  return known as Intl.DateTimeFormat;
}

/** 12,345 */
export function number(value: Maybe): string {
  return value == null ? NOTHING : numberFormat({ maximumFractionDigits: 2 }).format(value);
}

/** 12.3K, 1.2万 */
export function compact(value: Maybe): string {
  if (value == null) return NOTHING;
  return numberFormat({ notation: 'compact', maximumFractionDigits: 1 }).format(value).replace(/k$/, 'K');
}

/** Tokens are counted by the thousand; the exact figure matters only while it is small. */
export function tokens(value: Maybe): string {
  return value != null && value < 10_000 ? number(value) : compact(value);
}

/** 0.034 → 3.4% */
export function percent(share: Maybe): string {
  return share == null ? NOTHING : numberFormat({ style: 'percent', maximumFractionDigits: 1 }).format(share);
}

/** 12.3 MB */
export function bytes(value: Maybe): string {
  if (value == null) return NOTHING;
  const units = ['B', 'KB', 'MB', 'GB'];
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(value) / Math.log(1024)));
  return `${numberFormat({ maximumFractionDigits: step === 0 ? 0 : 1 }).format(value / 1024 ** step)} ${units[step]}`;
}

/** How long something took: 850 ms, 1.24 s, 2 min 5 s. */
export function latency(ms: Maybe): string {
  if (ms == null) return NOTHING;
  if (ms < 1_000) return `${numberFormat({ maximumFractionDigits: 0 }).format(ms)} ms`;
  const digits = ms < 10_000 ? 2 : 1;
  return ms < 100_000
    ? `${numberFormat({ maximumFractionDigits: digits }).format(ms / 1_000)} s`
    : duration(ms);
}

/** A length of time in its two largest units: 3 d 4 h, 4 min 20 s. */
export function duration(ms: Maybe): string {
  if (ms == null) return NOTHING;
  const whole = Math.max(0, Math.round(ms / 1_000)) * 1_000;
  const parts: [number, string][] = [
    [Math.floor(whole / DAY), t('unit.day')],
    [Math.floor((whole % DAY) / HOUR), t('unit.hour')],
    [Math.floor((whole % HOUR) / MINUTE), t('unit.minute')],
    [Math.floor((whole % MINUTE) / 1_000), t('unit.second')],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return `0 ${t('unit.second')}`;
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** "in 4 minutes", "3 hours ago", by the time `at` is away from `from`. */
export function relative(at: Maybe, from: number): string {
  if (at == null) return NOTHING;
  const away = at - from;
  const size = Math.abs(away);
  if (size < 45_000) return away > 0 ? t('time.soon') : t('time.now');
  const [unit, step]: [Intl.RelativeTimeFormatUnit, number] =
    size < 55 * MINUTE ? ['minute', MINUTE] : size < 23 * HOUR ? ['hour', HOUR] : ['day', DAY];
  const format = new Intl.RelativeTimeFormat(tag(), { numeric: 'always' });
  return format.format(Math.round(away / step), unit);
}

/** 24 Nov 2026, 19:40 */
export function dateTime(at: Maybe): string {
  if (at == null) return NOTHING;
  return dateFormat({
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(at);
}

/** 24 Nov 2026 */
export function date(at: Maybe): string {
  return at == null ? NOTHING : dateFormat({ year: 'numeric', month: 'short', day: 'numeric' }).format(at);
}

/** 24 Nov */
export function day(at: Maybe): string {
  return at == null ? NOTHING : dateFormat({ month: 'short', day: 'numeric' }).format(at);
}

/** 19:40 */
export function hour(at: Maybe): string {
  return at == null ? NOTHING : dateFormat({ hour: '2-digit', minute: '2-digit' }).format(at);
}

/** 19:40:07 */
export function time(at: Maybe): string {
  if (at == null) return NOTHING;
  return dateFormat({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);
}

/** The time alone if it was today, else with its day. */
export function moment(at: Maybe, from: number): string {
  if (at == null) return NOTHING;
  return new Date(at).toDateString() === new Date(from).toDateString() ? time(at) : `${day(at)} ${hour(at)}`;
}

/** "a, b and c" */
export function list(items: string[]): string {
  return language.value === 'zh' ? items.join('、') : new Intl.ListFormat(tag()).format(items);
}
