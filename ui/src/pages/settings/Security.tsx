import { useState } from 'preact/hooks';
import { Badge } from '../../parts/Badge';
import { Button } from '../../parts/Button';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { Loaded } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { type Column, Table } from '../../parts/Table';
import { toast } from '../../parts/Toast';
import { Countdown, RelativeTime } from '../../parts/times';
import { useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import { signOut } from '../../service/session';
import type { Session, SessionList } from '../../service/types';
import { MasterKeySection } from './MasterKey';
import { t } from './words';

export function Security() {
  const [turn, setTurn] = useState(0);
  return (
    <>
      <MasterKeySection onChanged={() => setTurn(turn + 1)} />
      <Sessions turn={turn} />
    </>
  );
}

function Sessions({ turn }: { turn: number }) {
  const list = useResource(signal => ask<SessionList>('/admin/api/sessions', { signal }), [turn]);
  const [everywhere, setEverywhere] = useState(false);
  const end = async (session: Session) => {
    if (session.current) return await leave();
    await ask(`/admin/api/sessions/${session.id}`, { method: 'DELETE' });
    toast(t('sessionEnded'));
    list.reload();
  };
  return (
    <Section
      title={t('sessions')}
      note={t('sessionsNote')}
      actions={
        <Button variant="danger" small onPress={() => setEverywhere(true)}>
          {t('everywhere')}
        </Button>
      }
    >
      <Loaded resource={list}>
        {({ sessions }) => (
          <Table
            caption={t('sessions')}
            columns={columns(end)}
            rows={inOrder(sessions)}
            rowKey={session => session.id}
          />
        )}
      </Loaded>
      <ConfirmDialog
        open={everywhere}
        title={t('everywhere')}
        confirm={t('everywhere')}
        danger
        onConfirm={async () => {
          await ask('/admin/api/sessions', { method: 'DELETE' });
          await leave();
        }}
        onClose={() => setEverywhere(false)}
      >
        {t('everywhereNote')}
      </ConfirmDialog>
    </Section>
  );
}

/** This browser's own first, then whoever was seen last. */
function inOrder(sessions: readonly Session[]): Session[] {
  return [...sessions].sort((a, b) => Number(b.current) - Number(a.current) || b.last_seen - a.last_seen);
}

// The session may be gone already, which is what was wanted.
async function leave(): Promise<void> {
  await signOut().catch(() => undefined);
}

function columns(end: (session: Session) => Promise<void>): Column<Session>[] {
  return [
    {
      key: 'address',
      head: t('address'),
      main: true,
      cell: session => (
        <span class="row">
          <code>{session.address}</code>
          {session.current && <Badge tone="jade">{t('thisOne')}</Badge>}
        </span>
      ),
    },
    { key: 'created', head: t('begun'), cell: session => <RelativeTime at={session.created} /> },
    { key: 'seen', head: t('lastSeen'), cell: session => <RelativeTime at={session.last_seen} /> },
    { key: 'expires', head: t('ends'), cell: session => <Countdown until={session.expires} /> },
    {
      key: 'end',
      head: t('endSession'),
      headUnseen: true,
      end: true,
      cell: session => (
        <Button
          small
          variant="quiet"
          onPress={() => end(session)}
          label={session.current ? t('signOutHere') : t('endOf', { address: session.address })}
        >
          {session.current ? t('signOutHere') : t('endSession')}
        </Button>
      ),
    },
  ];
}
