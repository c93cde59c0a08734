/** The bridge in plain numbers: where its deck and its arches run. One unit is one pixel. */

export const HEIGHT = 208;
export const WATER = 168;
/** The bank at either end. */
export const BANK = 46;
const DECK = 62;
const PIER = 6;
const NARROWEST = 106;

export interface Opening {
  /** Of the arch's middle. */
  x: number;
  top: number;
  /** Half its width. */
  half: number;
}

/** How high the deck is at `x`: it rises a little towards the middle, as old stone bridges do. */
export function deck(x: number, width: number): number {
  const away = (x - width / 2) / (width / 2);
  return DECK - rise(width) * (1 - away * away);
}

function rise(width: number): number {
  return Math.min(30, width / 28);
}

/** The line of the deck, or of something that follows it `above`. */
export function deckLine(width: number, above = 0, from = 0, to = width): string {
  const steps = 24;
  const points = Array.from({ length: steps + 1 }, (_, step) => from + ((to - from) * step) / steps);
  const line = points.map(x => `${x.toFixed(1)} ${(deck(x, width) - above).toFixed(1)}`);
  return `M${line.join('L')}`;
}

/** The openings under the deck, one for each account. */
export function openings(count: number, width: number): Opening[] {
  const span = (width - 2 * BANK) / count;
  return Array.from({ length: count }, (_, index) => {
    const x = BANK + span * (index + 0.5);
    return { x, half: span / 2 - PIER, top: deck(x, width) + 15 };
  });
}

/** An arch from its left foot over the crown to its right foot. */
export function archLine({ x, top, half }: Opening, foot: number): string {
  const high = Math.min(foot - top, half);
  const spring = top + high;
  return `M${x - half} ${foot}V${spring}A${half} ${high} 0 0 1 ${x + half} ${spring}V${foot}`;
}

/** What an arch shows of itself in the water. */
export function mirrorLine({ x, half, top }: Opening): string {
  const deep = Math.min(26, (WATER - top) * 0.34);
  return `M${x - half} ${WATER + 6}v2A${half} ${deep} 0 0 0 ${x + half} ${WATER + 8}v-2`;
}

/** The stone: all between deck and water, but for the openings. */
export function stone(width: number, arches: Opening[]): string {
  const outline = `${deckLine(width)}L${width} ${WATER}L0 ${WATER}Z`;
  return outline + arches.map(arch => `${archLine(arch, WATER)}Z`).join('');
}

/** Accounts on bridges, about as many on each, so that no arch becomes too narrow for its name. */
export function bridges<A>(accounts: readonly A[], width: number): A[][] {
  const most = Math.max(1, Math.floor((width - 2 * BANK) / NARROWEST));
  const count = Math.max(1, Math.ceil(accounts.length / most));
  const each = Math.ceil(accounts.length / count);
  return Array.from({ length: count }, (_, row) => accounts.slice(row * each, (row + 1) * each)).filter(
    row => row.length > 0,
  );
}
