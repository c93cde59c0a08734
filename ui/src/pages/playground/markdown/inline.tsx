import type { ComponentChildren } from 'preact';

// Each way of marking is bounded in length, so that no text makes the search slow.
const MARK = new RegExp(
  [
    '(?<code>`{1,3})(?<coded>.{1,2000}?)\\k<code>(?!`)',
    '\\*\\*(?<strong>(?=\\S).{1,2000}?\\S|\\S)\\*\\*(?!\\*)',
    '~~(?<gone>(?=\\S).{1,1000}?)~~',
    '(?<![\\w*])\\*(?<em>(?=[^\\s*]).{0,1000}?[^\\s*])\\*(?![\\w*])',
    '(?<![\\w_])_(?<em2>(?=[^\\s_]).{0,1000}?[^\\s_])_(?![\\w_])',
    '\\[(?<label>[^\\[\\]\\n]{1,400})\\]\\((?<to>[^()\\s]{1,2000}(?:\\([^()\\s]{0,200}\\)[^()\\s]{0,200})?)\\)',
    '(?<bare>https?:\\/\\/[^\\s<>"\'`，。；：！？、（）《》「」]{1,2000})',
    '\\\\(?<plain>[\\\\`*_~\\[\\](){}#+.!|>-])',
  ].join('|'),
  'gsu',
);

/** A text with its marks turned into elements; everything else stays text. */
export function inline(text: string, depth = 0): ComponentChildren[] {
  const made: ComponentChildren[] = [];
  let done = 0;
  for (const match of text.matchAll(MARK)) {
    if (match.index > done) made.push(...withBreaks(text.slice(done, match.index)));
    made.push(element(match.groups ?? {}, match[0], depth, match.index));
    done = match.index + match[0].length;
  }
  if (done < text.length) made.push(...withBreaks(text.slice(done)));
  return made;
}

type Groups = Record<string, string | undefined>;

function element(found: Groups, whole: string, depth: number, key: number): ComponentChildren {
  const within = (text: string) => (depth < 3 ? inline(text, depth + 1) : text);
  if (found.coded !== undefined) return <code key={key}>{found.coded}</code>;
  if (found.strong !== undefined) return <strong key={key}>{within(found.strong)}</strong>;
  if (found.gone !== undefined) return <s key={key}>{within(found.gone)}</s>;
  const leaned = found.em ?? found.em2;
  if (leaned !== undefined) return <em key={key}>{within(leaned)}</em>;
  if (found.plain !== undefined) return found.plain;
  if (found.bare !== undefined) return bareLink(found.bare, key);
  if (found.label === undefined || found.to === undefined) return whole;
  return <Link key={key} to={found.to} label={within(found.label)} otherwise={whole} />;
}

// What ends a sentence does not belong to the address in it.
function bareLink(text: string, key: number): ComponentChildren {
  const to = text.replace(/[.,;:!?)\]*]+$/, '');
  return (
    <span key={key}>
      <Link to={to} label={to} otherwise={to} />
      {text.slice(to.length)}
    </span>
  );
}

interface LinkProps {
  to: string;
  label: ComponentChildren;
  otherwise: string;
}

/** A link that leads to the web; whatever else it would lead to stays text. */
function Link({ to, label, otherwise }: LinkProps) {
  const address = web(to);
  if (address === null) return <>{otherwise}</>;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow">
      {label}
    </a>
  );
}

function web(to: string): string | null {
  try {
    const { protocol, href } = new URL(to);
    return protocol === 'http:' || protocol === 'https:' ? href : null;
  } catch {
    return null;
  }
}

function withBreaks(text: string): ComponentChildren[] {
  return text.split('\n').flatMap((line, index) => (index === 0 ? [line] : [<br key={`b${index}`} />, line]));
}
