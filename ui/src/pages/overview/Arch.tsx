import { STATE_TONES } from '../../parts/Badge';
import type { Account } from '../../service/types';
import { archLine, type Opening, WATER } from './geometry';

interface ArchProps {
  account: Account;
  opening: Opening;
  now: number;
  foot?: number;
}

/** An account as an arch: whole, drawn as far as it has rested, broken, or only sketched. */
export function Arch({ account, opening, now, foot = WATER }: ArchProps) {
  const tone = STATE_TONES[account.state] ?? 'soft';
  const line = archLine(opening, foot);
  return (
    <g class={`arch arch-${tone} tone-${tone}`}>
      {tone !== 'jade' && <path class="arch-sketch" d={line} />}
      {tone === 'jade' && <path class="arch-line" d={line} />}
      {tone === 'ochre' && (
        <path class="arch-line" d={line} pathLength={100} stroke-dasharray={`${rested(account, now)} 200`} />
      )}
      {tone === 'vermilion' && (
        <>
          <path class="arch-line" d={line} pathLength={100} stroke-dasharray="40 19 41 200" />
          <path class="arch-stones" d={fallen(opening, foot)} />
        </>
      )}
    </g>
  );
}

/** How far the arch is drawn, of 100: as much of its rest as is over, and never nothing or all. */
function rested({ since, until }: Account, now: number): number {
  if (until === null || until <= since) return 50;
  return Math.min(92, Math.max(26, ((now - since) / (until - since)) * 100));
}

/** The stones that fell out of the crown. */
function fallen({ x, half }: Opening, foot: number): string {
  const size = Math.min(9, half / 4);
  const near = x + half * 0.2;
  return `M${near} ${foot - 1}l${-size * 0.4} ${-size} ${size * 1.2} ${-size * 0.3} ${size * 0.5} ${size * 1.1}zM${near - size * 2.2} ${foot - 1}l${size * 0.2} ${-size * 0.8}h${size}l${size * 0.1} ${size * 0.8}z`;
}
