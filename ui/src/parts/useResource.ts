import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { isAbort } from '../service/problem';

/** Something that is loaded: what is there, whether more is on its way, and why not. */
export interface Resource<T> {
  data: T | null;
  error: unknown;
  loading: boolean;
  /** Loads it again; what is there stays until then. */
  reload: () => void;
  /** Puts in what the page knows already, as the answer of a change. */
  set: (change: (data: T) => T) => void;
}

/** Loads when the component appears and whenever `inputs` change; a load that nobody waits for any more is broken off. */
export function useResource<T>(
  loader: (signal: AbortSignal) => Promise<T>,
  inputs: readonly unknown[] = [],
): Resource<T> {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [loading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  const newest = useRef(loader);
  newest.current = loader;

  // The caller says what it depends on, and `turn` asks anew.
  useEffect(() => {
    const leaving = new AbortController();
    setLoading(true);
    newest
      .current(leaving.signal)
      .then(loaded => {
        if (leaving.signal.aborted) return;
        setData(loaded);
        setError(null);
        setLoading(false);
      })
      .catch((problem: unknown) => {
        if (leaving.signal.aborted || isAbort(problem)) return;
        setError(problem);
        setLoading(false);
      });
    return () => leaving.abort();
  }, [...inputs, turn]);

  const reload = useCallback(() => setTurn(last => last + 1), []);
  const set = useCallback(
    (change: (data: T) => T) => setData(last => (last === null ? last : change(last))),
    [],
  );
  return { data, error, loading, reload, set };
}
