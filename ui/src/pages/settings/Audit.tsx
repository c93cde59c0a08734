import { useState } from 'preact/hooks';
import { dateTime, NOTHING, number } from '../../i18n/format';
import { Badge, type Tone } from '../../parts/Badge';
import { Button } from '../../parts/Button';
import { EmptyState } from '../../parts/EmptyState';
import { Loaded } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { type Column, Table } from '../../parts/Table';
import { RelativeTime } from '../../parts/times';
import { useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import type { AuditEntry, AuditPage } from '../../service/types';
import { actionWords } from './actions';
import { t } from './words';

const PAGE_SIZE = 50;

/** An entry may stand for several refused requests. */
type Entry = AuditEntry & { times?: number };

/** What was changed, by whom, from where. */
export function Audit() {
  const [older, setOlder] = useState<{ entries: Entry[]; next: number | null } | null>(null);
  const newest = useResource(async signal => {
    const page = await ask<AuditPage>('/admin/api/audit', { query: { limit: PAGE_SIZE }, signal });
    setOlder(null);
    return page;
  });
  return (
    <Section
      title={t('tab.audit')}
      note={t('auditNote')}
      actions={
        <Button small variant="quiet" icon="refresh" onPress={newest.reload}>
          {t('look')}
        </Button>
      }
    >
      <Loaded resource={newest} lines={8}>
        {page => {
          const next = older === null ? page.next : older.next;
          const more = async () => {
            const query = { limit: PAGE_SIZE, before: next };
            const loaded = await ask<AuditPage>('/admin/api/audit', { query });
            setOlder({ entries: [...(older?.entries ?? []), ...loaded.entries], next: loaded.next });
          };
          return (
            <>
              <Table
                caption={t('tab.audit')}
                columns={columns()}
                rows={[...page.entries, ...(older?.entries ?? [])]}
                rowKey={entry => entry.seq}
                empty={<EmptyState title={t('auditEmpty')} />}
              />
              {next !== null && (
                <div class="row">
                  <Button onPress={more}>{t('more')}</Button>
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}

function columns(): Column<Entry>[] {
  return [
    {
      key: 'action',
      head: t('action'),
      main: true,
      cell: entry => (
        <span title={entry.action}>
          {actionWords(entry.action)}
          {entry.times !== undefined && entry.times > 1 && (
            <span class="note"> {t('times', { n: number(entry.times) })}</span>
          )}
        </span>
      ),
    },
    {
      key: 'subject',
      head: t('subject'),
      cell: entry => (entry.subject === null ? NOTHING : <code>{entry.subject}</code>),
    },
    { key: 'who', head: t('who'), cell: entry => t.maybe(`who.${entry.who}`, entry.who) },
    { key: 'address', head: t('address'), cell: entry => <code>{entry.address}</code> },
    {
      key: 'status',
      head: t('outcome'),
      cell: entry => (
        <Badge tone={tone(entry.status)}>
          {t(entry.status < 400 ? 'went' : entry.status < 500 ? 'refused' : 'failed')} {entry.status}
        </Badge>
      ),
    },
    {
      key: 'at',
      head: t('when'),
      end: true,
      cell: entry => (
        <span title={dateTime(entry.at)}>
          <RelativeTime at={entry.at} />
        </span>
      ),
    },
  ];
}

function tone(status: number): Tone {
  return status < 400 ? 'jade' : status < 500 ? 'ochre' : 'vermilion';
}
