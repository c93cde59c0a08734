import { useState } from 'preact/hooks';
import { said } from '../../i18n/said';
import { Switch } from '../../parts/choices';
import { EmptyState } from '../../parts/EmptyState';
import { TextInput } from '../../parts/inputs';
import { Loaded } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { type Column, Table } from '../../parts/Table';
import { useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import type { Environment, Variable } from '../../service/types';
import { SourceBadge } from './SourceBadge';
import { t } from './words';

/** Every variable that the service reads at its start. */
export function EnvironmentTable() {
  const [search, setSearch] = useState('');
  const [setOnly, setSetOnly] = useState(false);
  const environment = useResource(signal => ask<Environment>('/admin/api/environment', { signal }));
  const fits = (one: Variable) =>
    (!setOnly || one.source !== 'default') &&
    `${one.name} ${said(one.meaning)} ${one.value ?? ''}`.toLowerCase().includes(search.trim().toLowerCase());
  return (
    <Section title={t('tab.environment')} note={t('environmentNote')}>
      <div class="settings-search">
        <TextInput
          label={t('search')}
          type="search"
          value={search}
          onChange={setSearch}
          placeholder="QUEUE"
        />
        <Switch label={t('setOnly')} checked={setOnly} onChange={setSetOnly} />
      </div>
      <Loaded resource={environment} lines={8}>
        {({ variables }) => {
          const found = variables.filter(fits);
          return (
            <>
              <p class="unseen" role="status">
                {t('found', { n: found.length })}
              </p>
              <Table
                caption={t('tab.environment')}
                columns={columns()}
                rows={found}
                rowKey={one => one.name}
                empty={<EmptyState title={t('noneFound')} />}
              />
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}

function columns(): Column<Variable>[] {
  return [
    {
      key: 'name',
      head: t('variable'),
      main: true,
      sort: one => one.name,
      cell: one => <code class="variable">{one.name}</code>,
    },
    { key: 'value', head: t('value'), cell: one => <Value variable={one} /> },
    {
      key: 'source',
      head: t('from'),
      sort: one => one.source,
      cell: one => <SourceBadge source={one.source} />,
    },
    { key: 'meaning', head: t('meaning'), cell: one => <span class="note">{said(one.meaning)}</span> },
  ];
}

function Value({ variable }: { variable: Variable }) {
  if (variable.value !== null && variable.value !== '') return <code>{variable.value}</code>;
  const set = variable.source !== 'default';
  return <span class="note">{set ? t('setHidden') : t('unset')}</span>;
}
