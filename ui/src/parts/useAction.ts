import { useCallback, useRef, useState } from 'preact/hooks';

export interface Action<A extends unknown[], R> {
  /** Does it; gives `undefined` if it failed, and then `error` says why. */
  run: (...input: A) => Promise<R | undefined>;
  busy: boolean;
  error: unknown;
  clear: () => void;
}

/** Something the owner sets off, which takes a while and may fail. While it is under way it is not begun again. */
export function useAction<A extends unknown[], R>(work: (...input: A) => Promise<R>): Action<A, R> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const underWay = useRef(false);
  const newest = useRef(work);
  newest.current = work;

  const run = useCallback(async (...input: A) => {
    if (underWay.current) return undefined;
    underWay.current = true;
    setBusy(true);
    setError(null);
    try {
      return await newest.current(...input);
    } catch (problem) {
      setError(problem);
      return undefined;
    } finally {
      underWay.current = false;
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setError(null), []);
  return { run, busy, error, clear };
}
