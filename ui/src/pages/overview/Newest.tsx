import { useEffect } from 'preact/hooks';
import { latency, moment, NOTHING, tokens } from '../../i18n/format';
import { OutcomeBadge } from '../../parts/Badge';
import { Loaded } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { type Column, Table } from '../../parts/Table';
import { useResource } from '../../parts/useResource';
import { link } from '../../router';
import { ask } from '../../service/client';
import { now } from '../../service/clock';
import type { Call, CallPage } from '../../service/figures';
import { beginnings, onRequest, state, withMeanwhile } from '../../service/live';
import { t } from './words';

const SHOWN = 7;

/** The last few calls; new ones come in on top. */
export function Newest() {
  const calls = useResource(
    async signal => {
      const asked = ask<CallPage>('/admin/api/requests', { query: { limit: SHOWN }, signal });
      const page = await withMeanwhile(asked);
      return { ...page, requests: page.requests.slice(0, SHOWN) };
    },
    [beginnings.value],
  );
  const { set } = calls;
  useEffect(
    () =>
      onRequest(call =>
        set(page => {
          const others = page.requests.filter(one => one.seq !== call.seq);
          return { ...page, requests: [call, ...others].sort((a, b) => b.seq - a.seq).slice(0, SHOWN) };
        }),
      ),
    [set],
  );
  return (
    <Section title={t('newest.title')} actions={<a href={link('requests')}>{t('newest.all')}</a>}>
      <Loaded resource={calls} lines={SHOWN}>
        {page => (
          <Table
            caption={t('newest.title')}
            columns={columns()}
            rows={page.requests}
            rowKey={call => call.seq}
            rowClass={call => (now.peek() - call.at < 3_000 ? 'new-row' : undefined)}
            empty={<p class="note">{t('newest.empty')}</p>}
          />
        )}
      </Loaded>
    </Section>
  );
}

function columns(): Column<Call>[] {
  return [
    { key: 'model', head: t('newest.model'), main: true, cell: call => <Model call={call} /> },
    { key: 'outcome', head: t('newest.outcome'), cell: call => <OutcomeBadge outcome={call.outcome} /> },
    { key: 'account', head: t('newest.account'), cell: call => <AccountName id={call.account} /> },
    {
      key: 'tokens',
      head: t('newest.tokens'),
      spare: true,
      end: true,
      cell: call => tokens(call.prompt_tokens + call.completion_tokens),
    },
    {
      key: 'first',
      head: t('newest.first'),
      spare: true,
      end: true,
      cell: call => latency(call.first_token_ms),
    },
    { key: 'total', head: t('newest.total'), end: true, cell: call => latency(call.total_ms) },
    { key: 'at', head: t('newest.at'), end: true, cell: call => moment(call.at, now.peek()) },
  ];
}

function Model({ call }: { call: Call }) {
  const served = call.served?.split('/').slice(1).join('/');
  return (
    <>
      {call.model}
      {served && served !== call.model && <span class="newest-served"> → {served}</span>}
    </>
  );
}

function AccountName({ id }: { id: string | null }) {
  if (id === null) return NOTHING;
  const account = state.value?.accounts.find(one => one.id === id);
  return account ? <a href={link('accounts', id)}>{account.name}</a> : id;
}
