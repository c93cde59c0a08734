import { toast } from '../../parts/Toast';
import { ask } from '../../service/client';
import { state } from '../../service/live';
import type { Account, AccountEdit, Tested } from '../../service/types';
import { t } from './words';

/** A check asks the provider, which may take its time. */
export const SLOW_MS = 90_000;

export function path(id: string, verb = ''): string {
  return `/admin/api/accounts/${encodeURIComponent(id)}${verb === '' ? '' : `/${verb}`}`;
}

/** Shows what an answer says of an account, without waiting for the live state to say it too. */
export function put(account: Account | null): void {
  const seen = state.peek();
  if (seen === null || account === null) return;
  const known = seen.accounts.some(one => one.id === account.id);
  const accounts = known
    ? seen.accounts.map(one => (one.id === account.id ? account : one))
    : [...seen.accounts, account];
  state.value = { ...seen, accounts };
}

export async function enable(account: Account): Promise<void> {
  put(await ask<Account>(path(account.id, 'enable'), { method: 'POST' }));
  toast(t('done.enabled', { name: account.name }));
}

export async function disable(account: Account): Promise<void> {
  put(await ask<Account>(path(account.id, 'disable'), { method: 'POST' }));
  toast(t('done.disabled', { name: account.name }));
}

export async function test(account: Account): Promise<Tested> {
  const tested = await ask<Tested>(path(account.id, 'test'), { method: 'POST', timeoutMs: SLOW_MS });
  put(tested.account);
  return tested;
}

export async function edit(account: Account, change: AccountEdit): Promise<void> {
  put(await ask<Account>(path(account.id), { method: 'PATCH', body: change }));
  toast(t('done.saved'));
}

export async function remove(account: Account): Promise<void> {
  await ask<void>(path(account.id), { method: 'DELETE' });
  const seen = state.peek();
  if (seen !== null) {
    state.value = { ...seen, accounts: seen.accounts.filter(one => one.id !== account.id) };
  }
  toast(t('done.removed', { name: account.name }));
}
