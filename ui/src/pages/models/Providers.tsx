import { list, number } from '../../i18n/format';
import { Section } from '../../parts/Section';
import { type Column, Table } from '../../parts/Table';
import { link } from '../../router';
import type { ServedProvider } from '../../service/types';
import { t } from './words';

/** Who serves models: those that have an account, and by name those that could. */
export function Providers({ providers }: { providers: readonly ServedProvider[] }) {
  const active = providers.filter(one => one.accounts > 0);
  const idle = providers.filter(one => one.accounts === 0 && one.id !== 'demo');
  const columns: Column<ServedProvider>[] = [
    {
      key: 'name',
      head: t('provider.name'),
      main: true,
      cell: one => (
        <>
          {one.name} {one.name !== one.id && <code class="ways-provider">{one.id}</code>}
        </>
      ),
    },
    {
      key: 'list',
      head: t('provider.list'),
      cell: one => (
        <span class="provider-list">{t(one.models_fetched ? 'provider.fetched' : 'provider.built')}</span>
      ),
    },
    {
      key: 'accounts',
      head: t('provider.accounts'),
      end: true,
      cell: one => (
        <a href={link('accounts')}>
          {number(one.accounts)}
          <span class="unseen">
            {t('provider.accounts')}: {one.name}
          </span>
        </a>
      ),
    },
    { key: 'models', head: t('provider.models'), end: true, cell: one => number(one.models) },
  ];
  return (
    <Section title={t('providers')}>
      <Table caption={t('providers')} columns={columns} rows={active} rowKey={one => one.id} />
      {idle.length > 0 && (
        <p class="note">{t('providers.idle', { n: idle.length, names: list(idle.map(one => one.name)) })}</p>
      )}
    </Section>
  );
}
