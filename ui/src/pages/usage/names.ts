import { NOTHING } from '../../i18n/format';
import { type Resource, useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import type { AccountList, KeyList, KeyState, Served } from '../../service/types';
import { t } from './filterWords';

/** What is filtered by, and told apart by. */
export type Kind = 'model' | 'account' | 'key';

/** Stands in an address for the empty name: the owner's own key, no account, a model that does not exist. */
export const EMPTY = '-';

/** Who the ids in statistics and calls are. */
export interface Directory {
  models: string[];
  accounts: Map<string, string>;
  keys: Map<string, { name: string; state: KeyState }>;
}

/** Asks for all names at once; a list that cannot be had leaves its ids bare rather than the page empty. */
export function useDirectory(): Resource<Directory> {
  return useResource(async signal => {
    const [models, accounts, keys] = await Promise.allSettled([
      ask<Served>('/admin/api/models', { signal }),
      ask<AccountList>('/admin/api/accounts', { signal }),
      ask<KeyList>('/admin/api/keys', { signal }),
    ]);
    return {
      models: models.status === 'fulfilled' ? models.value.models.map(model => model.name) : [],
      accounts: new Map(
        accounts.status === 'fulfilled' ? accounts.value.accounts.map(one => [one.id, one.name]) : [],
      ),
      keys: new Map(
        keys.status === 'fulfilled'
          ? keys.value.keys.map(one => [one.id, { name: one.name, state: one.state }])
          : [],
      ),
    };
  });
}

/** What a reader calls it; its id, where nobody gave it a name. */
export function nameOf(kind: Kind, id: string, directory: Directory | null): string {
  if (id === '') return t(`empty.${kind}`);
  if (kind === 'key') return directory?.keys.get(id)?.name || id;
  if (kind === 'account') return directory?.accounts.get(id) || id;
  return id || NOTHING;
}

/** The same for a drawing, where two of one name must be told apart. */
export function distinctNames(kind: Kind, ids: readonly string[], directory: Directory | null): string[] {
  const names = ids.map(id => nameOf(kind, id, directory));
  return names.map((name, index) =>
    names.filter(other => other === name).length > 1 && ids[index] ? `${name} (${ids[index]})` : name,
  );
}
