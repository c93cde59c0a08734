import { duration, list } from '../../i18n/format';
import { STATE_TONES } from '../../parts/Badge';
import type { State } from '../../service/figures';
import { needsOwner } from './Attention';
import { t } from './words';

/** How things stand, in one sentence. */
export function verdict(state: State): string {
  const count = (tone: string) =>
    state.accounts.filter(account => STATE_TONES[account.state] === tone).length;
  const ill = state.accounts.filter(needsOwner).length;
  const [ready, waiting] = [count('jade'), count('ochre')];
  if (ready === 0 && ill + waiting > 0) return ill > 0 ? t('verdict.none', { n: ill }) : t('verdict.resting');
  if (ill > 0) return t('verdict.ill', { n: ill });
  if (waiting > 0) return t('verdict.waiting', { n: waiting, ready });
  return t('verdict.well', { n: ready });
}

/** What runs, since when, and what waits. */
export function standing(state: State): string {
  const parts = [t('standing.up', { duration: duration(state.uptime_s * 1_000) })];
  if (state.waiting > 0) parts.push(t('standing.waiting', { n: state.waiting }));
  return list(parts);
}
