import { useState } from 'preact/hooks';
import { latency, number, percent, tokens } from '../../i18n/format';
import { t as shared } from '../../i18n/words';
import { type Column, Table } from '../../parts/Table';
import { Tabs } from '../../parts/Tabs';
import { link } from '../../router';
import type { By, Outcome, UsageTotal } from '../../service/figures';
import { type Directory, EMPTY, nameOf } from './names';
import { show, type View } from './view';
import { t } from './words';

type Tab = 'calls' | 'tokens' | 'times';
type TotalColumn = Column<UsageTotal>;

interface TotalsProps {
  totals: UsageTotal[];
  by: By;
  view: View;
  directory: Directory | null;
}

/** Everything that is known of each name, in three tables, so that each can be read without scrolling sideways. */
export function Totals({ totals, by, view, directory }: TotalsProps) {
  const [tab, setTab] = useState<Tab>('calls');
  const columns = [nameColumn(by, view, directory), ...columnsOf(tab)];
  return (
    <Tabs
      label={t('totals')}
      value={tab}
      onChange={setTab}
      tabs={(['calls', 'tokens', 'times'] as const).map(value => ({ value, label: t(`tab.${value}`) }))}
    >
      <Table
        key={tab}
        caption={`${t('totals.caption')}: ${t(`tab.${tab}`)}`}
        columns={columns}
        rows={totals}
        rowKey={total => total.name || EMPTY}
      />
      {tab === 'times' && <p class="note usage-note">{t('times.note')}</p>}
    </Tabs>
  );
}

function nameColumn(by: By, view: View, directory: Directory | null): TotalColumn {
  const name = (total: UsageTotal) => (by === 'none' ? t('all') : nameOf(by, total.name, directory));
  return {
    key: 'name',
    head: by === 'none' ? t('name') : t(`by.${by}`),
    main: true,
    sort: by === 'none' ? undefined : name,
    cell: total => {
      const shown = name(total);
      if (by === 'none') return shown;
      const only = { [by]: total.name === '' ? EMPTY : total.name };
      return (
        <span class="usage-name">
          {view.filters[by] ? (
            shown
          ) : (
            <a
              href={link('usage', null, { ...query(view), ...only })}
              title={t('only', { name: shown })}
              onClick={event => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                show(only);
              }}
            >
              {shown}
            </a>
          )}
          {shown !== total.name && total.name !== '' && <code>{total.name}</code>}
        </span>
      );
    },
  };
}

function query({ range, by, metric, from, to, filters }: View): Record<string, string> {
  return { range, by, metric, from, to, ...filters };
}

function figure(
  key: string,
  head: string,
  of: (total: UsageTotal) => number | null,
  write: (value: number | null) => string,
): TotalColumn {
  return {
    key,
    head,
    end: true,
    sort: of,
    cell: total => {
      const value = of(total);
      return value === 0 ? <span class="usage-zero">0</span> : write(value);
    },
  };
}

const CLASSES: readonly Outcome[] = [
  'refused',
  'rate',
  'account',
  'upstream',
  'timeout',
  'internal',
  'abandoned',
];

function columnsOf(tab: Tab): TotalColumn[] {
  if (tab === 'calls') {
    return [
      figure('requests', t('requests'), total => total.requests, number),
      figure('share', t('share'), total => share(total.errors, total.requests), percent),
      ...CLASSES.map(one => figure(one, shared.maybe(`outcome.${one}`, one), total => total[one], number)),
    ];
  }
  if (tab === 'tokens') {
    const sum = (total: UsageTotal) => total.prompt_tokens + total.completion_tokens;
    return [
      figure('requests', t('requests'), total => total.requests, number),
      figure('in', t('in'), total => total.prompt_tokens, tokens),
      figure('out', t('out'), total => total.completion_tokens, tokens),
      figure('reasoning', t('reasoning'), total => total.reasoning_tokens, tokens),
      figure('sum', t('sum'), sum, tokens),
      figure('each', t('each'), total => rounded(share(sum(total), total.requests)), tokens),
    ];
  }
  return (['first', 'total'] as const).flatMap(kind =>
    (['p50', 'p95', 'p99'] as const).map(p =>
      figure(
        `${kind}.${p}`,
        t(`${kind}.at`, { p }),
        total => total[kind === 'first' ? 'first_token_ms' : 'total_ms']?.[p] ?? null,
        latency,
      ),
    ),
  );
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}
