import { dateTime, number } from '../../i18n/format';
import { AccountBadge } from '../../parts/Badge';
import { Button } from '../../parts/Button';
import { Drawer } from '../../parts/Dialog';
import { EmptyState } from '../../parts/EmptyState';
import { type Tab, Tabs } from '../../parts/Tabs';
import { Countdown, RelativeTime } from '../../parts/times';
import { params, setParams } from '../../router';
import { now } from '../../service/clock';
import type { Account } from '../../service/types';
import { Deeds } from './Deeds';
import { EditForm } from './EditForm';
import { Events } from './Events';
import { Expires, InFlight, LastAnswer, LastCheck, origin, providerName, Today } from './Facts';
import { Why } from './Why';
import { t } from './words';

type Part = 'now' | 'history' | 'edit';

interface DetailProps {
  id: string;
  account: Account | null;
  onClose: () => void;
}

/** Everything about one account. */
export function Detail({ id, account, onClose }: DetailProps) {
  if (account === null) {
    return (
      <Drawer open title={t('detail.missing', { id })} onClose={onClose}>
        <EmptyState
          title={t('detail.missing', { id })}
          actions={<Button onPress={onClose}>{t('detail.back')}</Button>}
        >
          {t('detail.missing.text')}
        </EmptyState>
      </Drawer>
    );
  }
  const tabs: Tab<Part>[] = [
    { value: 'now', label: t('detail.now') },
    { value: 'history', label: t('detail.history') },
    { value: 'edit', label: t('detail.edit') },
  ];
  const part = tabs.find(tab => tab.value === params.value.tab)?.value ?? 'now';
  return (
    <Drawer open title={account.name} onClose={onClose} class="account-drawer">
      <p class="account-line">
        <AccountBadge state={account.state} />
        <span class="note">{t.rich('since', { when: <RelativeTime at={account.since} /> })}</span>
      </p>
      <Tabs
        label={t('detail.tabs')}
        value={part}
        tabs={tabs}
        onChange={next => setParams({ tab: next === 'now' ? null : next })}
      >
        {part === 'now' && <Now account={account} />}
        {part === 'history' && <Events account={account} />}
        {part === 'edit' && <EditForm key={account.id} account={account} onRemoved={onClose} />}
      </Tabs>
    </Drawer>
  );
}

function Now({ account }: { account: Account }) {
  const day = 24 * 3_600_000;
  return (
    <div class="stack">
      <div class="account-standing">
        <Why account={account} />
        <Deeds account={account} withSwitch />
      </div>
      <Today account={account} />
      <p class="note">
        {t.rich('use.day', { when: <Countdown until={Math.ceil(now.value / day) * day} /> })}
      </p>
      <dl class="facts">
        <Fact name={t('fact.inFlight')}>
          <InFlight account={account} />
        </Fact>
        <Fact name={t('fact.lastAnswer')}>
          <LastAnswer account={account} />
        </Fact>
        <Fact name={t('fact.lastCheck')}>
          <LastCheck account={account} />
        </Fact>
        <Fact name={t('fact.expires')}>
          <Expires account={account} />
        </Fact>
        <Fact name={t('fact.answers')}>
          {t('fact.answers.value', { answers: number(account.answers), failures: number(account.failures) })}
        </Fact>
        {account.cause !== null && (
          <Fact name={t('fact.class')}>
            {t.maybe(`class.${account.cause.class}`, account.cause.class)}
            {account.cause.status !== null && ` (${account.cause.status})`}
          </Fact>
        )}
        <Fact name={t('fact.provider')}>{providerName(account.provider)}</Fact>
        <Fact name={t('fact.id')}>
          <code>{account.id}</code>
        </Fact>
        {account.identity !== null && (
          <Fact name={t('fact.identity')}>
            <code>{account.identity}</code>
          </Fact>
        )}
        <Fact name={t('fact.origin')}>{origin(account)}</Fact>
        <Fact name={t('fact.created')}>{dateTime(account.created)}</Fact>
      </dl>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
