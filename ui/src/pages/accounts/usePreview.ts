import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../service/client';
import { isAbort, ServiceError } from '../../service/problem';
import type { Understood } from '../../service/types';

export interface Preview {
  kind: 'empty' | 'busy' | 'understood' | 'not';
  understood: Understood | null;
  error: unknown;
}

const EMPTY: Preview = { kind: 'empty', understood: null, error: null };
const PAUSE_MS = 350;

/** What the service understands of a paste, asked a moment after it was last changed. */
export function usePreview(paste: string, provider: string): Preview {
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
        body: provider === '' ? { paste } : { paste, provider },
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
  }, [paste, provider]);
  return preview;
}

/** Whether the service wants to be told whose a paste is. */
export function asksWhose(error: unknown): boolean {
  return (
    error instanceof ServiceError && (error.param === 'provider' || error.message.includes('`provider`'))
  );
}
