import { duration, list } from '../../i18n/format';
import { STATE_TONES, type Tone } from '../../parts/Badge';
import type { State } from '../../service/figures';
import { isFirstStart } from './FirstSteps';
import { t } from './words';

interface Verdict {
  tone: Tone;
  text: string;
}

/** How things stand, in one sentence. */
export function verdict(state: State): Verdict {
  if (isFirstStart(state)) return { tone: 'jade', text: t('verdict.first') };
  const count = (tone: Tone) => state.accounts.filter(account => STATE_TONES[account.state] === tone).length;
  const [ready, waiting, ill] = [count('jade'), count('ochre'), count('vermilion')];
  if (ready === 0 && ill > 0) return { tone: 'vermilion', text: t('verdict.none', { n: ill }) };
  if (ready === 0 && waiting > 0) return { tone: 'ochre', text: t('verdict.resting') };
  if (ready === 0) return { tone: 'ochre', text: t('verdict.off') };
  if (ill > 0) return { tone: 'vermilion', text: t('verdict.ill', { n: ill }) };
  if (waiting > 0) return { tone: 'jade', text: t('verdict.waiting', { n: waiting, ready }) };
  return { tone: 'jade', text: t('verdict.well', { n: ready }) };
}

/** Since when it runs, and what waits. */
export function standing(state: State): string {
  const parts = [t('standing.up', { duration: duration(state.uptime_s * 1_000) })];
  if (state.waiting > 0) parts.push(t('standing.waiting', { n: state.waiting }));
  return list(parts);
}
