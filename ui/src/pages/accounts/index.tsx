import './accounts.css';
import { useState } from 'preact/hooks';
import { number } from '../../i18n/format';
import { Button } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { EmptyState } from '../../parts/EmptyState';
import { TextInput } from '../../parts/inputs';
import { Page } from '../../parts/Page';
import { Section } from '../../parts/Section';
import { Skeleton } from '../../parts/Skeleton';
import { go, link, params, place } from '../../router';
import { reconnect, state } from '../../service/live';
import type { Account, Taken } from '../../service/types';
import { AccountRow } from './AccountRow';
import { Detail } from './Detail';
import { grouped, matching } from './order';
import { PasteForm } from './PasteForm';
import { t as pasteWord } from './pasteWords';
import { TakenNotice } from './TakenNotice';
import { t } from './words';

/** From here on a list is easier to search than to read. */
const MANY = 9;

export default function Accounts() {
  const [taken, setTaken] = useState<Taken | null>(null);
  const accounts = state.value?.accounts ?? null;
  const isFirst = accounts?.every(one => one.provider === 'demo') === true;
  const add = () => go('accounts', null, { paste: 'new' });
  const take = (what: Taken) => {
    setTaken(what);
    close();
  };
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      actions={
        !isFirst && (
          <Button variant="primary" icon="plus" onPress={add}>
            {t('add')}
          </Button>
        )
      }
    >
      {taken !== null && <TakenNotice taken={taken} onDismiss={() => setTaken(null)} />}
      {accounts === null && <Skeleton lines={6} retry={reconnect} />}
      {accounts !== null && isFirst && <First none={accounts.length === 0} onTaken={setTaken} />}
      {accounts !== null && !isFirst && <List accounts={accounts} />}
      {accounts !== null && <Over accounts={accounts} isFirst={isFirst} onTaken={take} />}
    </Page>
  );
}

/** Leaves what lies over the list, without a step more in the browser's history. */
function close(): void {
  location.replace(link('accounts'));
}

/** What lies over the list, as the address says. */
function Over(props: { accounts: readonly Account[]; isFirst: boolean; onTaken: (taken: Taken) => void }) {
  const { accounts, isFirst, onTaken } = props;
  const { paste, id = place.value.rest[0] } = params.value;
  const find = (wanted: string) => accounts.find(one => one.id === wanted) ?? null;
  if (paste !== undefined && !isFirst) {
    const renewing = find(paste);
    const title =
      renewing === null ? pasteWord('new.title') : pasteWord('renew.title', { name: renewing.name });
    return (
      <Dialog key={paste} open wide title={title} onClose={close}>
        <PasteForm renewing={renewing} onTaken={onTaken} />
      </Dialog>
    );
  }
  return id === undefined ? null : <Detail key={id} id={id} account={find(id)} onClose={close} />;
}

function First({ none, onTaken }: { none: boolean; onTaken: (taken: Taken) => void }) {
  return (
    <>
      <EmptyState title={t(none ? 'none.title' : 'first.title')}>
        {t(none ? 'none.text' : 'first.text')}
      </EmptyState>
      <Section title={pasteWord('new.title')}>
        <PasteForm onTaken={onTaken} />
      </Section>
    </>
  );
}

function List({ accounts }: { accounts: readonly Account[] }) {
  const [wanted, setWanted] = useState('');
  const groups = grouped(matching(accounts, wanted));
  return (
    <>
      {accounts.length >= MANY && (
        <TextInput
          type="search"
          label={t('search')}
          labelUnseen
          placeholder={t('search')}
          class="account-search"
          value={wanted}
          onChange={setWanted}
        />
      )}
      {groups.length === 0 && <EmptyState title={t('list.empty')} />}
      {groups.map(([group, members]) => (
        <Section
          key={group}
          title={`${t(`group.${group}`)} · ${number(members.length)}`}
          note={group === 'owner' || group === 'waiting' ? t(`group.${group}.note`) : undefined}
        >
          <ul class="accounts">
            {members.map(account => (
              <AccountRow key={account.id} account={account} />
            ))}
          </ul>
        </Section>
      ))}
    </>
  );
}
