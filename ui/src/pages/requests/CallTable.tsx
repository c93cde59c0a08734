import { latency, moment, NOTHING, number, tokens } from '../../i18n/format';
import { OutcomeBadge } from '../../parts/Badge';
import { type Column, Table } from '../../parts/Table';
import { now } from '../../service/clock';
import type { Call } from '../../service/figures';
import { type Directory, nameOf } from '../usage/names';
import { t } from './words';

interface CallTableProps {
  calls: Call[];
  fresh: ReadonlySet<number>;
  directory: Directory | null;
  onOpen: (call: Call) => void;
}

/** One line for each call; its time opens it, and so does a press anywhere on the line. */
export function CallTable({ calls, fresh, directory, onOpen }: CallTableProps) {
  return (
    <Table
      caption={t('title')}
      columns={columns(directory, onOpen)}
      rows={calls}
      rowKey={call => call.seq}
      rowClass={call => (fresh.has(call.seq) ? 'call call-fresh' : 'call')}
    />
  );
}

function columns(directory: Directory | null, onOpen: (call: Call) => void): Column<Call>[] {
  return [
    {
      key: 'at',
      head: t('at'),
      main: true,
      cell: call => (
        <button type="button" class="call-open" onClick={() => onOpen(call)}>
          <span class="unseen">{t('open')} </span>
          {moment(call.at, now.value)}
        </button>
      ),
    },
    {
      key: 'outcome',
      head: t('outcome'),
      cell: call => (
        <span class="call-outcome">
          <OutcomeBadge outcome={call.outcome} />
          <span class="call-status">{call.status}</span>
        </span>
      ),
    },
    { key: 'key', head: t('key'), cell: call => <Who call={call} directory={directory} /> },
    { key: 'model', head: t('model'), cell: call => <Model call={call} /> },
    {
      key: 'account',
      head: t('account'),
      cell: call => (call.account === null ? NOTHING : nameOf('account', call.account, directory)),
    },
    {
      key: 'attempts',
      head: t('attempts'),
      end: true,
      cell: call => (
        <span class={call.attempts > 1 ? 'call-many' : 'call-quiet'}>{number(call.attempts)}</span>
      ),
    },
    { key: 'tokens', head: t('tokens'), end: true, cell: call => <Tokens call={call} /> },
    { key: 'first', head: t('first'), end: true, cell: call => latency(call.first_token_ms) },
    { key: 'total', head: t('total'), end: true, cell: call => latency(call.total_ms) },
  ];
}

function Who({ call, directory }: { call: Call; directory: Directory | null }) {
  return <span class="call-who">{nameOf('key', call.key, directory)}</span>;
}

function Model({ call }: { call: Call }) {
  // Where the provider's model has the same name, naming it twice would say nothing.
  const [provider, ...rest] = (call.served ?? '').split('/');
  const served = rest.join('/');
  return (
    <span class="call-model">
      <span>{call.model || NOTHING}</span>
      {call.served !== null && (
        <span class="call-served">
          <span aria-hidden="true">→ </span>
          <span class="unseen">{t('served')} </span>
          {served === call.model ? provider : call.served}
        </span>
      )}
    </span>
  );
}

export function Tokens({ call }: { call: Call }) {
  const none = call.prompt_tokens === 0 && call.completion_tokens === 0;
  if (none) return <>{NOTHING}</>;
  return (
    <span class="call-tokens">
      {!call.counted && (
        <span title={t('estimated')}>
          <span aria-hidden="true">≈ </span>
          <span class="unseen">{t('estimated')} </span>
        </span>
      )}
      {tokens(call.prompt_tokens)}
      <span class="call-quiet"> / </span>
      {tokens(call.completion_tokens)}
    </span>
  );
}
