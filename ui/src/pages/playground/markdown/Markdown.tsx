import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { CodeBlock } from '../../../parts/Copyable';
import { t } from '../words';
import { type Block, blocks, type Item } from './blocks';
import { inline } from './inline';

/** A text in light Markdown as elements; it is never read as HTML. */
export function Markdown({ text, depth = 0 }: { text: string; depth?: number }) {
  const cut = useMemo(() => blocks(text), [text]);
  return (
    <>
      {cut.map((block, index) => (
        <Kept key={index} block={block} depth={depth} />
      ))}
    </>
  );
}

/** Makes a block anew only if it changed; of a long answer that grows, that is the last one. */
function Kept({ block, depth }: { block: Block; depth: number }) {
  const same = JSON.stringify(block);
  return useMemo(() => <Shown block={block} depth={depth} />, [same]);
}

function Shown({ block, depth }: { block: Block; depth: number }) {
  switch (block.kind) {
    case 'heading':
      return <Heading level={block.level}>{inline(block.text)}</Heading>;
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
      return <p>{inline(block.text)}</p>;
  }
}

// An answer stands under a heading of the page, so its own begin below that.
function Heading({ level, children }: { level: number; children: ComponentChildren }) {
  if (level <= 1) return <h4 class="md-heading">{children}</h4>;
  return level === 2 ? <h5 class="md-heading">{children}</h5> : <h6 class="md-heading">{children}</h6>;
}

function List({ ordered, items }: { ordered: boolean; items: Item[] }) {
  const made = items.map((item, index) => (
    <li
      key={index}
      class={`md-depth-${item.depth} ${item.number === null ? 'md-bullet' : 'md-number'}`}
      value={ordered && item.number !== null ? item.number : undefined}
    >
      {inline(item.text)}
    </li>
  ));
  return ordered ? <ol>{made}</ol> : <ul>{made}</ul>;
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
