import type { ComponentChildren } from 'preact';
import { t } from '../i18n/words';
import type { Outcome } from '../service/figures';
import type { AccountState, KeyState } from '../service/types';
import { classes } from './classes';

/** jade: well; ochre: waits; vermilion: needs you; soft: neither. */
export type Tone = 'jade' | 'ochre' | 'vermilion' | 'soft';

/** Each tone has its own shape, so that nobody needs the colour. */
const MARKS: Record<Tone, string> = {
  jade: 'M6 1.5a4.5 4.5 0 1 0 0 9 4.500 4.500 0 0 0 0-9',
  ochre: 'M6 1.500a4.500 4.500 0 0 0 0 9z M6 1.500a4.500 4.500 0 0 1 0 9',
  vermilion: 'M6 .8 11.200 6 6 11.200.800 6z',
  soft: 'M2 6h8',
};

export function StateDot({ tone }: { tone: Tone }) {
  const hollow = tone === 'soft';
  return (
    <svg class={`dot tone-${tone}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      {tone === 'ochre' ? (
        <>
          <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" stroke-width="1.6" />
          <path d="M6 1.800a4.200 4.200 0 0 0 0 8.400z" fill="currentColor" />
        </>
      ) : (
        <path
          d={MARKS[tone]}
          fill={hollow ? 'none' : 'currentColor'}
          stroke="currentColor"
          stroke-width={hollow ? 2 : 0}
        />
      )}
    </svg>
  );
}

/** A state as a shape and a word. */
export function Badge({
  tone,
  children,
  class: extra,
}: {
  tone: Tone;
  children: ComponentChildren;
  class?: string;
}) {
  return (
    <span class={classes('badge', `tone-${tone}`, extra)}>
      <StateDot tone={tone} />
      {children}
    </span>
  );
}

export const STATE_TONES: Record<AccountState, Tone> = {
  ready: 'jade',
  cooling: 'ochre',
  exhausted: 'ochre',
  expired: 'vermilion',
  needs_owner: 'vermilion',
  disabled: 'soft',
};

export function AccountBadge({ state }: { state: AccountState }) {
  return <Badge tone={STATE_TONES[state]}>{t.maybe(`state.${state}`, state)}</Badge>;
}

const KEY_TONES: Record<KeyState, Tone> = {
  active: 'jade',
  paused: 'ochre',
  expired: 'vermilion',
  revoked: 'soft',
};

export function KeyBadge({ state }: { state: KeyState }) {
  return <Badge tone={KEY_TONES[state]}>{t.maybe(`key.${state}`, state)}</Badge>;
}

export const OUTCOME_TONES: Record<Outcome, Tone> = {
  answered: 'jade',
  refused: 'ochre',
  rate: 'ochre',
  abandoned: 'soft',
  account: 'vermilion',
  upstream: 'vermilion',
  timeout: 'vermilion',
  internal: 'vermilion',
};

export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  return <Badge tone={OUTCOME_TONES[outcome] ?? 'soft'}>{t.maybe(`outcome.${outcome}`, outcome)}</Badge>;
}
