import { useEffect, useState } from 'preact/hooks';
import { type Resource, useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import { freshness, onRequest } from '../../service/live';
import type { Key, KeyEdit, KeyList, KeyMade, Served } from '../../service/types';
import { type Draft, made as newKey } from './draft';

export interface Keys {
  list: Resource<KeyList>;
  /** A key that was just made, with its secret, until its one showing is over. */
  made: KeyMade | null;
  /** A model to try it with. */
  model: string;
  make: (draft: Draft) => Promise<void>;
  change: (id: string, edit: KeyEdit) => Promise<void>;
  revoke: (id: string) => Promise<void>;
  forget: () => void;
}

const PATH = '/admin/api/keys';
/** What a key has used of its minute fades by itself, so the list is asked for again. */
const AGAIN_MS = 10_000;
const AFTER_CALL_MS = 1_500;

export function useKeys(): Keys {
  const list = useResource(signal => ask<KeyList>(PATH, { signal }));
  const [made, setMade] = useState<KeyMade | null>(null);
  const [model, setModel] = useState('auto');
  useUpToDate(list.reload);
  return {
    list,
    made,
    model,
    make: async draft => {
      const answer = await ask<KeyMade>(PATH, { method: 'POST', body: newKey(draft) });
      const first = answer.key.models[0] ?? (await firstModel());
      setModel(first);
      setMade(answer);
      list.set(data => ({ keys: [...data.keys, answer.key] }));
    },
    change: async (id, edit) => {
      const changed = await ask<Key>(`${PATH}/${encodeURIComponent(id)}`, { method: 'PATCH', body: edit });
      list.set(data => ({ keys: data.keys.map(key => (key.id === id ? changed : key)) }));
    },
    revoke: async id => {
      await ask<void>(`${PATH}/${encodeURIComponent(id)}`, { method: 'DELETE' });
      list.set(data => ({
        keys: data.keys.map(key => (key.id === id ? { ...key, enabled: false, state: 'revoked' } : key)),
      }));
    },
    forget: () => setMade(null),
  };
}

/** The key is made already: that no model is known must not keep its secret from its owner. */
async function firstModel(): Promise<string> {
  try {
    const served = await ask<Served>('/admin/api/models', { timeoutMs: 3_000 });
    return served.models.find(model => !model.hidden)?.name ?? 'auto';
  } catch {
    return 'auto';
  }
}

function useUpToDate(reload: () => void): void {
  useEffect(() => {
    let soon: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      // While the service is away the list stays as it was; the shell says so.
      if (document.visibilityState === 'visible' && freshness.peek().kind !== 'stale') reload();
    };
    const timer = setInterval(again, AGAIN_MS);
    const end = onRequest(call => {
      if (call.key === '' || soon !== undefined) return;
      soon = setTimeout(() => {
        soon = undefined;
        again();
      }, AFTER_CALL_MS);
    });
    return () => {
      clearInterval(timer);
      clearTimeout(soon);
      end();
    };
  }, [reload]);
}
