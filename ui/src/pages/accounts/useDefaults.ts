import { useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import type { AccountLimits, SettingList } from '../../service/types';

/** The limits of accounts that have none of their own. Until they are known, nothing is said of them. */
export function useDefaults(): AccountLimits {
  const settings = useResource(signal => ask<SettingList>('/admin/api/settings', { signal }));
  const value = settings.data?.settings.find(one => one.name === 'accounts.limits')?.value;
  return typeof value === 'object' && value !== null ? (value as AccountLimits) : {};
}
