import { useEffect, useRef, useState } from 'preact/hooks';
import { hour } from '../../i18n/format';
import { Button } from '../../parts/Button';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { EmptyState } from '../../parts/EmptyState';
import { Loaded } from '../../parts/Loaded';
import { Page } from '../../parts/Page';
import { Section } from '../../parts/Section';
import { toast } from '../../parts/Toast';
import { place } from '../../router';
import { now } from '../../service/clock';
import type { Key } from '../../service/types';
import { changes } from './draft';
import { t as formWords } from './formWords';
import { KeyForm } from './KeyForm';
import { KeyRow, RevokedRow } from './KeyRow';
import { MasterRow } from './MasterRow';
import { SecretDialog } from './SecretDialog';
import { type Keys, useKeys } from './useKeys';
import { t } from './words';
import './keys.css';

/** What stands over the page. */
type Over = { kind: 'none' } | { kind: 'make' } | { kind: 'edit'; key: Key } | { kind: 'revoke'; key: Key };

const CLOSED: Over = { kind: 'none' };

export default function KeysPage() {
  const keys = useKeys();
  const [over, setOver] = useState<Over>(CLOSED);
  const close = () => setOver(CLOSED);
  const make = () => setOver({ kind: 'make' });
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      actions={
        <Button variant="primary" icon="plus" onPress={make}>
          {t('new')}
        </Button>
      }
    >
      <MasterRow />
      <Loaded resource={keys.list} lines={6}>
        {data => <Lists keys={data.keys} act={keys} onMake={make} onOver={setOver} />}
      </Loaded>
      <Overlays over={over} keys={keys} close={close} />
    </Page>
  );
}

interface ListsProps {
  keys: Key[];
  act: Keys;
  onMake: () => void;
  onOver: (over: Over) => void;
}

const ORDER = { active: 0, paused: 1, expired: 2, revoked: 3 } as const;

function Lists({ keys, act, onMake, onOver }: ListsProps) {
  const sorted = [...keys].sort((a, b) => ORDER[a.state] - ORDER[b.state] || b.created - a.created);
  const living = sorted.filter(key => key.state !== 'revoked');
  const revoked = sorted.filter(key => key.state === 'revoked');
  const focus = useFocusAfter(keys);
  const toggle = async (key: Key) => {
    const enabled = !key.enabled;
    await act.change(key.id, { enabled });
    focus(key.id);
    toast(t(enabled ? 'resume.done' : 'pause.done', { name: key.name }));
  };
  const active = living.filter(key => key.state === 'active').length;
  return (
    <Section
      title={t('list')}
      actions={living.length > 0 && <span class="note">{t('count', { n: active })}</span>}
    >
      {living.length === 0 ? (
        <EmptyState
          title={t('empty')}
          actions={
            <Button icon="plus" onPress={onMake}>
              {t('empty.make')}
            </Button>
          }
        >
          {t('empty.text')}
        </EmptyState>
      ) : (
        <>
          <ul class="key-list">
            {living.map(key => (
              <KeyRow
                key={key.id}
                of={key}
                onEdit={() => onOver({ kind: 'edit', key })}
                onSwitch={() => toggle(key)}
                onRevoke={() => onOver({ kind: 'revoke', key })}
              />
            ))}
          </ul>
          <p class="note">{t('day.note', { time: hour(new Date(now.value).setUTCHours(24, 0, 0, 0)) })}</p>
        </>
      )}
      {revoked.length > 0 && (
        <details class="key-fold">
          <summary>{t('revoked', { n: revoked.length })}</summary>
          <ul class="key-list">
            {revoked.map(key => (
              <RevokedRow key={key.id} of={key} />
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}

function Overlays({ over, keys, close }: { over: Over; keys: Keys; close: () => void }) {
  if (keys.made !== null) {
    const { id } = keys.made.key;
    const forget = () => {
      keys.forget();
      // The form that led here is gone, so the focus has nothing to go back to but the new line.
      focusWhenClosed(() => document.getElementById(id)?.querySelector('h3'));
    };
    return <SecretDialog made={keys.made} model={keys.model} onClose={forget} />;
  }
  if (over.kind === 'make') {
    return (
      <KeyForm
        of={null}
        onClose={close}
        onSend={async draft => {
          await keys.make(draft);
          close();
        }}
      />
    );
  }
  if (over.kind === 'edit') {
    return (
      <KeyForm
        of={over.key}
        onClose={close}
        onSend={async draft => {
          const edit = changes(draft, over.key);
          if (Object.keys(edit).length > 0) await keys.change(over.key.id, edit);
          close();
          toast(formWords('saved', { name: draft.name.trim() }));
        }}
      />
    );
  }
  if (over.kind !== 'revoke') return null;
  const { key } = over;
  return (
    <ConfirmDialog
      open
      danger
      title={t('revoke.title', { name: key.name })}
      confirm={t('revoke.do')}
      onConfirm={async () => {
        await keys.revoke(key.id);
        toast(t('revoke.done', { name: key.name }));
        // Its line is gone, and with it the button to which the focus would go back.
        focusWhenClosed(() => document.querySelector('main h1'));
      }}
      onClose={close}
    >
      <p>{t('revoke.text', { hint: key.hint })}</p>
    </ConfirmDialog>
  );
}

/** While a dialog is open nothing behind it takes the focus. */
function focusWhenClosed(find: () => HTMLElement | null | undefined): void {
  requestAnimationFrame(() => {
    if (document.querySelector('dialog[open]') === null) find()?.focus();
    else focusWhenClosed(find);
  });
}

/** A line that moves to another place in the list loses the focus; this brings it back once it stands there. */
function useFocusAfter(keys: Key[]): (id: string) => void {
  // An address may name a key, as `#/keys/key-ab12cd`.
  const wanted = useRef<string | null>(place.peek().rest[0] ?? null);
  // Each new list may have moved the line.
  useEffect(() => {
    if (wanted.current === null) return;
    const id = wanted.current;
    wanted.current = null;
    // The page first gives the focus to its own heading.
    setTimeout(() => document.getElementById(id)?.querySelector('h3')?.focus());
  }, [keys]);
  return id => {
    wanted.current = id;
  };
}
