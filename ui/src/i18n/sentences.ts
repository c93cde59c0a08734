/** A text in Chinese, and how many of its letters were left as they came. */
export interface Reading {
  text: string;
  foreign: number;
}

/** How a hole is filled: as it came (''), in Chinese or not at all ('!'), in Chinese if that is known ('?'), or as a list (','). */
type Mark = '' | '!' | '?' | ',';

/** A sentence with holes: what stands between them, and what the Chinese one is made of, text and hole by turns. */
interface Pattern {
  texts: string[];
  marks: Mark[];
  pieces: string[];
  /** Which hole follows each piece. */
  order: number[];
}

/** What is longer was hardly written by the service itself. */
const LONGEST = 2_000;

/** How many splits one text is worth. Real ones need a few dozen. */
const MOST_SPLITS = 4_000;

/** How many texts are remembered; a page says the same ones again and again. */
const MOST_KNOWN = 2_000;

const HOLE = /\{(\w*)(?::[^}]*)?\}/;
const FILLED = /\{(\w+)([!?,]?)\}/;
const END = /[.!?…。] (?=\S)/g;

/** Reads sentences that were put together from known ones. How much is tried is bounded, whatever a text holds. */
export class Sentences {
  private readonly plain = new Map<string, string>();
  private readonly patterns: Pattern[] = [];
  private readonly known = new Map<string, Reading | null>();
  private splits = 0;

  constructor(groups: Record<string, string>[]) {
    for (const [english, chinese] of groups.flatMap(group => Object.entries(group))) {
      if (HOLE.test(english)) this.patterns.push(pattern(english, chinese));
      else if (!this.plain.has(english)) this.plain.set(english, chinese);
    }
  }

  /** The text in Chinese; null if the service has no such sentence. */
  read(text: string): Reading | null {
    if (text.length > LONGEST) return null;
    if (this.known.size > MOST_KNOWN) this.known.clear();
    this.splits = 0;
    const found = this.part(text);
    if (this.splits <= MOST_SPLITS) return found;
    // What was given up on says nothing of its parts.
    this.known.clear();
    this.known.set(text, null);
    return null;
  }

  private part(text: string): Reading | null {
    const exact = this.plain.get(text);
    if (exact !== undefined) return { text: exact, foreign: 0 };
    const known = this.known.get(text);
    if (known !== undefined) return known;
    this.known.set(text, null);
    const found = better(this.single(text), this.sequence(text));
    this.known.set(text, found);
    return found;
  }

  /** One sentence. Of several that fit, the one that says the most itself is meant. */
  private single(text: string): Reading | null {
    let best: Reading | null = null;
    for (const one of this.patterns) best = better(best, this.fit(one, text));
    if (best !== null || !text.endsWith('.')) return best;
    // Parts of sentences are ended where others follow them.
    const ended = this.part(text.slice(0, -1));
    return ended && { ...ended, text: `${ended.text}。` };
  }

  /** Several sentences, each of them known. */
  private sequence(text: string): Reading | null {
    let best: Reading | null = null;
    for (const { index } of text.matchAll(END)) {
      this.splits += 1;
      if (this.splits > MOST_SPLITS) return null;
      const start = text.slice(0, index + 1);
      const exact = this.plain.get(start);
      const head = exact === undefined ? this.single(start) : { text: exact, foreign: 0 };
      const rest = head && this.part(text.slice(index + 2));
      if (head && rest) {
        best = better(best, { text: joined([head.text, rest.text]), foreign: head.foreign + rest.foreign });
      }
    }
    return best;
  }

  private fit(one: Pattern, text: string): Reading | null {
    const [first, last] = [one.texts[0] ?? '', one.texts.at(-1) ?? ''];
    const [from, to] = [first.length, text.length - last.length];
    if (to < from || !text.startsWith(first) || !text.endsWith(last)) return null;
    const holes = this.holes(one, 0, text.slice(0, to), from);
    if (holes === null) return null;
    const words = one.pieces.flatMap((piece, at) => [piece, holes[one.order[at] ?? -1]?.text ?? '']);
    return { text: joined(words), foreign: holes.reduce((sum, hole) => sum + hole.foreign, 0) };
  }

  /** The holes of a sentence from this one on; what may stand in them decides where they end. */
  private holes(one: Pattern, at: number, text: string, from: number): Reading[] | null {
    const mark = one.marks[at] ?? '';
    if (at === one.marks.length - 1) {
      const last = this.filled(mark, text.slice(from));
      return last && [last];
    }
    const next = one.texts[at + 1] ?? '';
    for (let end = text.indexOf(next, from); end !== -1; end = text.indexOf(next, end + 1)) {
      this.splits += 1;
      if (this.splits > MOST_SPLITS || end >= text.length) return null;
      const hole = this.filled(mark, text.slice(from, end));
      const rest = hole && this.holes(one, at + 1, text, end + next.length);
      if (hole && rest) return [hole, ...rest];
    }
    return null;
  }

  private filled(mark: Mark, text: string): Reading | null {
    const asItCame = { text, foreign: text.length };
    if (mark === '' || text === '') return asItCame;
    if (mark !== ',') return this.part(text) ?? (mark === '?' ? asItCame : null);
    const each = text
      .split(/, | and /)
      .map(one => this.part(one) ?? { text: quoted(one), foreign: one.length });
    return {
      text: each.map(one => one.text).join('、'),
      foreign: each.reduce((sum, one) => sum + one.foreign, 0),
    };
  }
}

/** A name as Chinese marks it. */
function quoted(name: string): string {
  const marked = name.length > 1 && name.startsWith('`') && name.endsWith('`');
  return marked ? `“${name.slice(1, -1)}”` : name;
}

function better(one: Reading | null, other: Reading | null): Reading | null {
  if (one === null || other === null) return one ?? other;
  return other.foreign < one.foreign ? other : one;
}

function pattern(english: string, chinese: string): Pattern {
  const cut = english.split(new RegExp(HOLE, 'g'));
  let unnamed = 0;
  const names = odd(cut).map(name => {
    if (name !== '') return name;
    unnamed += 1;
    return String(unnamed - 1);
  });
  const filled = chinese.split(FILLED);
  const marks = names.map(() => '' as Mark);
  const order = filled
    .filter((_, at) => at % 3 === 1)
    .map((name, at) => {
      const hole = names.indexOf(name);
      marks[hole] = (filled[at * 3 + 2] ?? '') as Mark;
      return hole;
    });
  return {
    texts: cut.filter((_, at) => at % 2 === 0),
    marks,
    pieces: filled.filter((_, at) => at % 3 === 0),
    order,
  };
}

function odd(all: string[]): string[] {
  return all.filter((_, at) => at % 2 === 1);
}

const HAN_THEN_LATIN = /\p{Script=Han}[A-Za-z0-9]$/u;
const LATIN_THEN_HAN = /[A-Za-z0-9.!?)]\p{Script=Han}$/u;

/** Pieces one after the other, with a space where Chinese and Latin letters meet. */
function joined(pieces: string[]): string {
  return pieces.reduce((text, piece) => {
    const seam = text.slice(-1) + piece.slice(0, 1);
    return HAN_THEN_LATIN.test(seam) || LATIN_THEN_HAN.test(seam) ? `${text} ${piece}` : text + piece;
  });
}
