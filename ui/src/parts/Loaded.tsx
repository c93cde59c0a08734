import type { ComponentChildren } from 'preact';
import { ErrorState } from './ErrorState';
import { Skeleton } from './Skeleton';
import type { Resource } from './useResource';

interface LoadedProps<T> {
  resource: Resource<T>;
  lines?: number;
  children: (data: T) => ComponentChildren;
}

/** What was loaded; until then its place, and if it failed, why. What is there already stays beside a later failure. */
export function Loaded<T>({ resource, lines, children }: LoadedProps<T>) {
  const { data, error, loading, reload } = resource;
  if (data !== null) {
    return (
      <>
        {error != null && !loading && <ErrorState error={error} retry={reload} />}
        {children(data)}
      </>
    );
  }
  if (error != null && !loading) return <ErrorState error={error} retry={reload} />;
  return <Skeleton {...(lines === undefined ? {} : { lines })} retry={reload} />;
}
