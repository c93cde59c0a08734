import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { CodeBlock } from '../../../parts/Copyable';
import { classes } from '../../../parts/classes';
import { t } from '../words';
import { type Block, blocks, type Item } from './blocks';
import { inline } from './inline';
import './markdown.css';

/** A text in light Markdown as elements; it is never read as HTML. */
export function Markdown({ text, depth = 0 }: { text: string; depth?: number }) {
  const cut = useMemo(() => blocks(text), [text]);
  const lifted = lift(cut);
  return (
    <>
      {cut.map((block, index) => (
        <Kept key={index} block={block} depth={depth} lift={lifted} />
      ))}
    </>
  );
}

interface ShownProps {
  block: Block;
  depth: number;
  lift: number;
}

/** Makes a block anew only if it changed; of a long answer that grows, that is the last one. */
function Kept({ block, depth, lift: lifted }: ShownProps) {
  const same = JSON.stringify(block);
  return useMemo(() => <Shown block={block} depth={depth} lift={lifted} />, [same, lifted]);
}

function Shown({ block, depth, lift: lifted }: ShownProps) {
  switch (block.kind) {
    case 'heading':
      return <Heading level={block.level + lifted}>{inline(block.text)}</Heading>;
    case 'code':
      return <CodeBlock text={block.text} title={block.language || t('code')} />;
    case 'list':
      return <List {...block} />;
    case 'quote':
      return (
        <blockquote>{depth < 4 ? <Markdown text={block.text} depth={depth + 1} /> : block.text}</blockquote>
      );
    case 'table':
      return <Grid head={block.head} rows={block.rows} />;
    case 'rule':
      return <hr />;
    default:
      return <p class={classes(block.goesOn && 'md-on')}>{inline(block.text)}</p>;
  }
}

function Heading({ level, children }: { level: number; children: ComponentChildren }) {
  if (level <= 3) return <h3 class="md-heading">{children}</h3>;
  return level === 4 ? <h4 class="md-heading">{children}</h4> : <h5 class="md-heading">{children}</h5>;
}

/** An answer stands under a heading of the page, so its own largest one begins below that, whatever it is. */
function lift(cut: readonly Block[]): number {
  const levels = cut.flatMap(block => (block.kind === 'heading' ? [block.level] : []));
  return levels.length === 0 ? 0 : 3 - Math.min(...levels);
}

function List({ ordered, items, goesOn }: { ordered: boolean; items: Item[]; goesOn: boolean }) {
  const made = items.map((item, index) => (
    <li
      key={index}
      class={`md-depth-${item.depth} ${item.number === null ? 'md-bullet' : 'md-number'}`}
      value={ordered && item.number !== null ? item.number : undefined}
    >
      {inline(item.text)}
    </li>
  ));
  const extra = classes(goesOn && 'md-on');
  return ordered ? <ol class={extra}>{made}</ol> : <ul class={extra}>{made}</ul>;
}

function Grid({ head, rows }: { head: string[]; rows: string[][] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard too.
    <section class="md-table" tabIndex={0} aria-label={t('table')}>
      <table>
        <thead>
          <tr>
            {head.map((cell, index) => (
              <th key={index} scope="col">
                {inline(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {head.map((_, column) => (
                <td key={column}>{inline(row[column] ?? '')}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
