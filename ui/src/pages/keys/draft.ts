import { currentTime } from '../../service/clock';
import type { Key, KeyEdit, KeyLimits, NewKey } from '../../service/types';
import { dayStart } from '../usage/view';

export const LIMITS = [
  'requests_per_minute',
  'requests_per_day',
  'tokens_per_minute',
  'tokens_per_day',
] as const satisfies readonly (keyof KeyLimits)[];

export const DAYS = ['1', '7', '30', '90'] as const;
export type Ending = 'keep' | 'never' | 'date' | (typeof DAYS)[number];

/** A key as its form has it. */
export interface Draft {
  name: string;
  models: string[];
  limits: KeyLimits;
  ending: Ending;
  /** The last day, as a date input writes it. */
  date: string;
}

export type Wrong = Partial<Record<'name' | 'date' | keyof KeyLimits, true>>;

const FREE: KeyLimits = {
  requests_per_minute: null,
  requests_per_day: null,
  tokens_per_minute: null,
  tokens_per_day: null,
};
const DAY = 86_400_000;

export const PRESETS = ['friend', 'app', 'trial'] as const;
export type Preset = (typeof PRESETS)[number];

const TERMS: Record<Preset, Pick<Draft, 'limits' | 'ending'>> = {
  friend: { limits: { ...FREE, requests_per_minute: 10, requests_per_day: 200 }, ending: 'never' },
  app: { limits: { ...FREE, requests_per_minute: 60 }, ending: 'never' },
  trial: { limits: { ...FREE, requests_per_minute: 5, requests_per_day: 50 }, ending: '1' },
};

/** A preset says how much and how long; name and models stay as they are. */
export function withPreset(draft: Draft, preset: Preset): Draft {
  return { ...draft, ...TERMS[preset] };
}

export function isPreset({ limits, ending }: Draft, preset: Preset): boolean {
  const terms = TERMS[preset];
  return ending === terms.ending && sameLimits(limits, terms.limits);
}

export function draftOf(key: Key | null): Draft {
  if (key === null)
    return withPreset({ name: '', models: [], limits: FREE, ending: 'never', date: '' }, 'friend');
  const ending = key.expires === null ? 'never' : 'keep';
  return { name: key.name, models: key.models, limits: { ...FREE, ...key.limits }, ending, date: '' };
}

export function wrongIn(draft: Draft): Wrong {
  const wrong: Wrong = {};
  if (draft.name.trim() === '') wrong.name = true;
  for (const name of LIMITS) {
    const limit = draft.limits[name];
    if (limit !== null && !(Number.isInteger(limit) && limit >= 1)) wrong[name] = true;
  }
  if (draft.ending === 'date' && (endOf(draft) ?? 0) <= currentTime()) wrong.date = true;
  return wrong;
}

export function made(draft: Draft): NewKey {
  return { name: draft.name.trim(), models: draft.models, limits: draft.limits, expires: endOf(draft) };
}

/** Only what was changed: a key that has ended keeps its end while its name is put right. */
export function changes(draft: Draft, key: Key): KeyEdit {
  const edit: KeyEdit = {};
  if (draft.name.trim() !== key.name) edit.name = draft.name.trim();
  if (draft.models.join('\n') !== key.models.join('\n')) edit.models = draft.models;
  if (!sameLimits(draft.limits, key.limits)) edit.limits = draft.limits;
  const end = endOf(draft);
  if (draft.ending !== 'keep' && end !== key.expires) edit.expires = end;
  return edit;
}

/** A date means the whole of that day, where its reader lives. */
function endOf({ ending, date }: Draft): number | null {
  if (ending === 'never' || ending === 'keep') return null;
  if (ending !== 'date') return currentTime() + Number(ending) * DAY;
  const start = dayStart(date);
  return start === null ? null : new Date(start).setHours(24, 0, 0, 0);
}

function sameLimits(one: KeyLimits, other: KeyLimits): boolean {
  return LIMITS.every(name => (one[name] ?? null) === (other[name] ?? null));
}
