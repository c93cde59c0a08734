import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Resource, useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import type { Call, CallPage } from '../../service/figures';
import { beginnings, onRequest, withMeanwhile } from '../../service/live';
import { EMPTY } from '../usage/names';
import { addFilters } from '../usage/view';

export type CallFilters = Partial<Record<'key' | 'model' | 'account' | 'outcome', string>>;

export interface Feed {
  page: Resource<CallPage>;
  /** Calls that came in while they were held back. */
  held: number;
  /** Calls that came in since the page was opened, to be shown as new. */
  fresh: ReadonlySet<number>;
  /** Puts in what was held back. */
  release: () => void;
  /** Loads the next older ones. */
  older: () => Promise<void>;
}

const AT_ONCE = 50;
/** So many rows are kept while new ones come in above. */
const MOST = 500;

/** The newest calls: loaded, then kept up to date by the live stream, or held back while `hold` says so. */
export function useFeed(filters: CallFilters, hold: () => boolean): Feed {
  const named = JSON.stringify(filters);
  const newest = useRef({ filters, hold });
  newest.current = { filters, hold };
  const shown = (call: Call) => fits(call, filters) && !newest.current.hold();
  const page = useResource(
    signal => withMeanwhile(load(filters, null, signal), shown),
    [named, beginnings.value],
  );
  const [held, setHeld] = useState<Call[]>([]);
  const [fresh, setFresh] = useState<ReadonlySet<number>>(new Set());

  const put = useCallback(
    (calls: Call[]) => {
      page.set(data => ({ ...data, ...merged(calls, data) }));
      setFresh(last => new Set([...last, ...calls.map(call => call.seq)]));
    },
    [page.set],
  );
  useEffect(
    () =>
      onRequest(call => {
        if (!fits(call, newest.current.filters)) return;
        if (newest.current.hold()) setHeld(last => [call, ...last].slice(0, MOST));
        else put([call]);
      }),
    [put],
  );
  useEffect(() => {
    setHeld([]);
    setFresh(new Set());
  }, [named]);

  const release = () => {
    put(held);
    setHeld([]);
  };
  const older = async () => {
    const before = page.data?.next ?? null;
    if (before === null) return;
    const more = await load(filters, before);
    if (JSON.stringify(newest.current.filters) !== named) return;
    page.set(data => ({ requests: unique([...data.requests, ...more.requests]), next: more.next }));
  };
  return { page, held: held.length, fresh, release, older };
}

function load(filters: CallFilters, before: number | null, signal?: AbortSignal): Promise<CallPage> {
  const said = new URLSearchParams({ limit: String(AT_ONCE) });
  if (before !== null) said.set('before', String(before));
  addFilters(said, filters);
  return ask<CallPage>(`/admin/api/requests?${said}`, signal === undefined ? {} : { signal });
}

function fits(call: Call, filters: CallFilters): boolean {
  return (['key', 'model', 'account', 'outcome'] as const).every(name => {
    const wanted = filters[name];
    return !wanted || (call[name] ?? '') === (wanted === EMPTY ? '' : wanted);
  });
}

function merged(calls: Call[], data: CallPage): CallPage {
  const all = unique([...calls, ...data.requests]).sort((a, b) => b.seq - a.seq);
  if (all.length <= MOST) return { requests: all, next: data.next };
  const kept = all.slice(0, MOST);
  return { requests: kept, next: kept[kept.length - 1]?.seq ?? null };
}

function unique(calls: Call[]): Call[] {
  const seen = new Set<number>();
  return calls.filter(call => !seen.has(call.seq) && seen.add(call.seq));
}
