import type { Account, AccountState } from '../../service/types';

export const GROUPS = ['owner', 'waiting', 'ready', 'off'] as const;
export type Group = (typeof GROUPS)[number];

const GROUP_OF: Record<AccountState, Group> = {
  needs_owner: 'owner',
  expired: 'owner',
  cooling: 'waiting',
  exhausted: 'waiting',
  ready: 'ready',
  disabled: 'off',
};

const natural = new Intl.Collator(undefined, { numeric: true });

/** The accounts of each group that has any; those that need their owner come first. */
export function grouped(accounts: readonly Account[]): [Group, Account[]][] {
  const sorted = [...accounts].sort((a, b) => natural.compare(a.id, b.id));
  return GROUPS.map((group): [Group, Account[]] => [
    group,
    sorted.filter(account => (GROUP_OF[account.state] ?? 'owner') === group),
  ]).filter(([, members]) => members.length > 0);
}

export function matching(accounts: readonly Account[], wanted: string): readonly Account[] {
  const word = wanted.trim().toLowerCase();
  if (word === '') return accounts;
  return accounts.filter(one =>
    [one.name, one.id, one.provider, one.identity ?? ''].some(text => text.toLowerCase().includes(word)),
  );
}

export type Deed = 'paste' | 'test' | 'enable' | 'use';

/** What its owner can do about an account, what helps most first. */
export function deeds(account: Account): Deed[] {
  switch (account.state) {
    case 'disabled':
      return ['enable', 'test'];
    case 'expired':
      return ['paste', 'test'];
    case 'needs_owner':
      return account.cause?.class === 'banned' ? ['use', 'test', 'paste'] : ['test', 'paste'];
    case 'cooling':
    case 'exhausted':
      return ['test', 'use'];
    default:
      return ['test'];
  }
}
