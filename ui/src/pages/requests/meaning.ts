import type { Call } from '../../service/figures';
import { t } from './meanings';

export interface Meaning {
  what: string;
  mend: string;
}

/** What a call's failure means and what its owner can do; null for one that was answered. */
export function meaningOf(call: Call): Meaning | null {
  if (call.outcome === 'answered') return null;
  const known = nameOf(call);
  const otherwise = (part: string) => t.maybe(`${call.outcome}.${part}`, '');
  return {
    what: t.maybe(`${known}.what`, otherwise('what')),
    mend: t.maybe(`${known}.mend`, otherwise('mend')),
  };
}

/** One code can have two causes, which the call tells apart. */
function nameOf(call: Call): string {
  if (call.code === 'rate_limit_exceeded' && call.attempts === 0 && call.key !== '') return 'key_limit';
  return call.code ?? call.outcome;
}
