/** A piece of a text in light Markdown. A block that is followed by another never changes any more. */
export type Block =
  | { kind: 'paragraph'; text: string; goesOn: boolean }
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'code'; language: string; text: string }
  | { kind: 'list'; ordered: boolean; items: Item[]; goesOn: boolean }
  | { kind: 'quote'; text: string }
  | { kind: 'table'; head: string[]; rows: string[][] }
  | { kind: 'rule' };

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const TABLE_LINE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** A block longer than this many lines is cut in two, because a block is drawn anew as a whole while it grows. */
const LONGEST = 40;

/** An entry of a list, with its number if it has one. */
export interface Item {
  text: string;
  depth: number;
  number: number | null;
}

/** Cuts a text into blocks, in one pass over its lines. */
export function blocks(text: string): Block[] {
  const lines = text.split('\n');
  const found: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    if (line(lines, at).trim() === '') {
      at += 1;
      continue;
    }
    const goesOn = at > 0 && line(lines, at - 1).trim() !== '';
    const [block, next] = blockAt(lines, at, goesOn);
    found.push(block);
    at = next;
  }
  return found;
}

function line(lines: string[], at: number): string {
  return lines[at] ?? '';
}

function blockAt(lines: string[], at: number, goesOn: boolean): [Block, number] {
  const first = line(lines, at);
  const fence = FENCE.exec(first);
  if (fence) return code(lines, at, fence[1] ?? '```', (fence[2] ?? '').trim());
  const heading = HEADING.exec(first);
  if (heading) {
    return [{ kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' }, at + 1];
  }
  if (RULE.test(first)) return [{ kind: 'rule' }, at + 1];
  if (/^ {0,3}>/.test(first)) return quote(lines, at);
  if (ITEM.test(first)) return list(lines, at, goesOn);
  if (isTable(lines, at)) return table(lines, at);
  return paragraph(lines, at, goesOn);
}

function code(lines: string[], at: number, fence: string, language: string): [Block, number] {
  const close = new RegExp(`^ {0,3}${fence[0]}{${fence.length},}\\s*$`);
  let end = at + 1;
  while (end < lines.length && !close.test(line(lines, end))) end += 1;
  return [{ kind: 'code', language, text: lines.slice(at + 1, end).join('\n') }, end + 1];
}

function quote(lines: string[], at: number): [Block, number] {
  let end = at;
  while (end < lines.length && /^ {0,3}>/.test(line(lines, end))) end += 1;
  const inner = lines.slice(at, end).map(one => one.replace(/^ {0,3}> ?/, ''));
  return [{ kind: 'quote', text: inner.join('\n') }, end];
}

function list(lines: string[], at: number, goesOn: boolean): [Block, number] {
  const first = ITEM.exec(line(lines, at));
  const ordered = first?.[2] !== undefined;
  const items: Item[] = [];
  let end = at;
  for (; end < lines.length; end += 1) {
    const here = line(lines, end);
    const item = ITEM.exec(here);
    if (item && !RULE.test(here)) {
      const depth = Math.min(4, Math.floor((item[1] ?? '').replaceAll('\t', '    ').length / 2));
      // Another kind of list at the margin begins a block of its own.
      if (depth === 0 && ((item[2] !== undefined) !== ordered || items.length >= LONGEST)) break;
      items.push({ text: item[3] ?? '', depth, number: item[2] === undefined ? null : Number(item[2]) });
      continue;
    }
    const last = items.at(-1);
    const belongs = here.trim() !== '' && (/^\s{2,}/.test(here) || !opens(here));
    const blankWithin = here.trim() === '' && ITEM.test(line(lines, end + 1));
    if (last && belongs) last.text += `\n${here.trim()}`;
    else if (!blankWithin) break;
  }
  return [{ kind: 'list', ordered, items, goesOn: goesOn && items[0]?.depth === 0 }, end];
}

function isTable(lines: string[], at: number): boolean {
  return (
    line(lines, at).includes('|') && line(lines, at + 1).includes('|') && TABLE_LINE.test(line(lines, at + 1))
  );
}

function table(lines: string[], at: number): [Block, number] {
  let end = at + 2;
  while (end < lines.length && line(lines, end).includes('|')) end += 1;
  const rows = lines.slice(at + 2, end).map(cells);
  return [{ kind: 'table', head: cells(line(lines, at)), rows }, end];
}

function cells(text: string): string[] {
  const inner = text.trim().replace(/^\||\|$/g, '');
  return inner.split(/(?<!\\)\|/).map(cell => cell.replaceAll('\\|', '|').trim());
}

function paragraph(lines: string[], at: number, goesOn: boolean): [Block, number] {
  let end = at + 1;
  while (
    end < lines.length &&
    end - at < LONGEST &&
    line(lines, end).trim() !== '' &&
    !opens(line(lines, end)) &&
    !isTable(lines, end)
  ) {
    end += 1;
  }
  return [{ kind: 'paragraph', text: lines.slice(at, end).join('\n'), goesOn }, end];
}

function opens(text: string): boolean {
  return (
    FENCE.test(text) || HEADING.test(text) || RULE.test(text) || /^ {0,3}>/.test(text) || ITEM.test(text)
  );
}
