import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/words';
import { classes } from './classes';
import { Icon } from './Icon';

export interface Column<R> {
  key: string;
  head: string;
  cell: (row: R) => ComponentChildren;
  /** What it is sorted by; without it the column is not sortable. */
  sort?: (row: R) => number | string | null;
  /** Figures stand at the end, so that they can be compared. */
  end?: boolean;
  /** Heads the card on a phone; its heading is left out there. */
  main?: boolean;
  /** The heading is only heard, as over buttons. */
  headUnseen?: boolean;
}

interface Sorting {
  key: string;
  down: boolean;
}

interface TableProps<R> {
  /** What the table holds; heard, and seen if `captionSeen`. */
  caption: string;
  captionSeen?: boolean;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string | number;
  /** Without it the rows stand as they come. */
  sorted?: Sorting;
  rowClass?: (row: R) => string | undefined;
  /** Stands in place of rows. */
  empty?: ComponentChildren;
  foot?: ComponentChildren;
}

/** A table whose headings sort it. Where the page is narrow, each row becomes a card. */
export function Table<R>(props: TableProps<R>) {
  const { caption, captionSeen, columns, rows, rowKey, rowClass, empty, foot } = props;
  const [sorting, setSorting] = useState<Sorting | null>(props.sorted ?? null);
  if (rows.length === 0 && empty != null) return <>{empty}</>;
  return (
    <div class="table-frame">
      {/* Shown as cards, a table would lose its meaning to a screen reader but for the roles. */}
      <table class="table" role="table">
        <caption class={captionSeen ? '' : 'unseen'}>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(column => (
              <Head key={column.key} column={column} sorting={sorting} onSort={setSorting} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {inOrder(rows, columns, sorting).map(row => (
            <tr key={rowKey(row)} role="row" class={rowClass?.(row)}>
              {columns.map(column => (
                <td
                  key={column.key}
                  role="cell"
                  class={classes(column.end && 'end', column.main && 'main')}
                  data-head={column.headUnseen ? '' : column.head}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {foot != null && <tfoot role="rowgroup">{foot}</tfoot>}
      </table>
    </div>
  );
}

interface HeadProps<R> {
  column: Column<R>;
  sorting: Sorting | null;
  onSort: (sorting: Sorting) => void;
}

function Head<R>({ column, sorting, onSort }: HeadProps<R>) {
  const mine = sorting?.key === column.key ? sorting : null;
  const order = mine === null ? 'none' : mine.down ? 'descending' : 'ascending';
  const className = classes(column.end && 'end');
  if (column.sort === undefined) {
    return (
      <th role="columnheader" scope="col" class={className}>
        {column.headUnseen ? <span class="unseen">{column.head}</span> : column.head}
      </th>
    );
  }
  return (
    <th role="columnheader" scope="col" class={className} aria-sort={order}>
      <button
        type="button"
        class="sort"
        title={t('table.sort', { column: column.head })}
        onClick={() => onSort({ key: column.key, down: mine === null ? column.end === true : !mine.down })}
      >
        {column.head}
        <span class={classes('sort-mark', mine !== null && (mine.down ? 'sort-down' : 'sort-up'))}>
          <Icon name="chevron" size={12} />
        </span>
      </button>
    </th>
  );
}

function inOrder<R>(
  rows: readonly R[],
  columns: readonly Column<R>[],
  sorting: Sorting | null,
): readonly R[] {
  const by = sorting === null ? undefined : columns.find(column => column.key === sorting.key)?.sort;
  if (sorting === null || by === undefined) return rows;
  const sign = sorting.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [by(a), by(b)];
    // What is not known stands at the end, whichever way it is sorted.
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    if (typeof left === 'string' && typeof right === 'string') return sign * left.localeCompare(right);
    return left < right ? -sign : left > right ? sign : 0;
  });
}
