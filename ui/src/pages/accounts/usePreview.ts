import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../service/client';
import { isAbort, ServiceError } from '../../service/problem';
import type { Understood } from '../../service/types';

export interface Preview {
  kind: 'empty' | 'busy' | 'understood' | 'not';
  understood: Understood | null;
  error: unknown;
}

/** Whose a paste is, as far as its owner says so. */
export interface Whose {
  provider?: string | undefined;
  account?: string | undefined;
}

const EMPTY: Preview = { kind: 'empty', understood: null, error: null };
const PAUSE_MS = 350;

/** What the service understands of a paste, asked a moment after it was last changed. */
export function usePreview(paste: string, whose: Whose): Preview {
  const { provider, account } = whose;
  const [preview, setPreview] = useState<Preview>(EMPTY);
  useEffect(() => {
    if (paste.trim() === '') {
      setPreview(EMPTY);
      return;
    }
    const leaving = new AbortController();
    setPreview(last => ({ ...last, kind: 'busy' }));
    const timer = setTimeout(() => {
      ask<Understood>('/admin/api/accounts/preview', {
        method: 'POST',
        body: { paste, ...(provider && { provider }), ...(account && { account }) },
        signal: leaving.signal,
      })
        .then(understood => setPreview({ kind: 'understood', understood, error: null }))
        .catch((error: unknown) => {
          if (!isAbort(error)) setPreview({ kind: 'not', understood: null, error });
        });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [paste, provider, account]);
  return preview;
}

/** Whether the service wants to be told whose a paste is. */
export function asksWhose(error: unknown): boolean {
  return (
    error instanceof ServiceError && (error.param === 'provider' || error.message.includes('`provider`'))
  );
}
