import { signal } from '@preact/signals';
import { address, headers, turnedAway } from './client';
import { currentTime, setClock } from './clock';
import type { Call, CallPage, State } from './figures';
import { frames } from './frames';
import { sessionEnded } from './session';

/** How far what the page shows can be trusted. */
export type Freshness =
  | { kind: 'connecting' }
  | { kind: 'fresh' }
  | { kind: 'stale'; since: number }
  | { kind: 'restarted'; at: number };

/** The last state that the service sent. */
export const state = signal<State | null>(null);
export const freshness = signal<Freshness>({ kind: 'connecting' });

/** How often something may have been told to nobody: a stream has begun, or was too slow. What is loaded is loaded anew. */
export const beginnings = signal(0);

const SILENCE_MS = 12_000;
const LONGEST_PAUSE_S = 15;
/** A page that nobody looks at lets go of its stream after this long. */
const HIDDEN_MS = 120_000;
const RESTARTED_FOR_MS = 20_000;

const listeners = new Set<(call: Call) => void>();
let wanted = false;
let connection: AbortController | null = null;
let failures = 0;
let heard = currentTime();
let again: ReturnType<typeof setTimeout> | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;
let hidden: ReturnType<typeof setTimeout> | undefined;

/** Hears of each finished call from now on; returns what ends that. */
export function onRequest(listener: (call: Call) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What `load` gives, with the calls that ended while it was on its way: it may be older than they are. */
export async function withMeanwhile(
  load: Promise<CallPage>,
  wanted: (call: Call) => boolean = () => true,
): Promise<CallPage> {
  const meanwhile: Call[] = [];
  const done = onRequest(call => {
    if (wanted(call)) meanwhile.push(call);
  });
  try {
    const page = await load;
    const told = new Set(page.requests.map(call => call.seq));
    const missing = meanwhile.filter(call => !told.has(call.seq));
    return { ...page, requests: [...missing, ...page.requests].sort((a, b) => b.seq - a.seq) };
  } finally {
    done();
  }
}

/** Begins to listen. */
export function start(): void {
  if (wanted) return;
  wanted = true;
  failures = 0;
  freshness.value = { kind: 'connecting' };
  document.addEventListener('visibilitychange', shownOrHidden);
  window.addEventListener('online', reconnect);
  reconnect();
}

/** Stops listening and forgets what was heard. */
export function stop(): void {
  wanted = false;
  document.removeEventListener('visibilitychange', shownOrHidden);
  window.removeEventListener('online', reconnect);
  clearTimeout(hidden);
  letGo();
  state.value = null;
}

/** Asks anew at once. */
export function reconnect(): void {
  if (!wanted) return;
  letGo();
  const mine = new AbortController();
  connection = mine;
  waitForSilence(mine);
  listen(mine)
    .catch(() => undefined)
    .then(() => retry(mine));
}

function letGo(): void {
  clearTimeout(again);
  clearTimeout(silence);
  connection?.abort();
  connection = null;
}

async function listen(mine: AbortController): Promise<void> {
  const response = await fetch(address('/admin/api/live'), {
    headers: { ...headers(), accept: 'text/event-stream' },
    credentials: 'same-origin',
    cache: 'no-store',
    signal: mine.signal,
  });
  if (response.status === 401) turnedAway.value += 1;
  if (!response.ok || response.body === null) return;
  beginnings.value += 1;
  for await (const frame of frames(response.body)) {
    if (mine !== connection) return;
    waitForSilence(mine);
    if (frame.data !== null && !take(frame.event, frame.data)) return;
  }
}

/** Takes in one event; false if the stream ends with it. */
function take(event: string, data: string): boolean {
  const said: unknown = JSON.parse(data);
  if (event === 'state') takeState(said as State);
  if (event === 'request') for (const listener of listeners) listener(said as Call);
  if (event === 'missed') beginnings.value += 1;
  if (event !== 'end') return true;
  if ((said as { reason?: string }).reason === 'signed_out') sessionEnded();
  return false;
}

function takeState(next: State): void {
  setClock(next.at);
  const before = state.peek();
  state.value = next;
  failures = 0;
  if (before !== null && before.boot !== next.boot) {
    const at = currentTime();
    freshness.value = { kind: 'restarted', at };
    setTimeout(() => {
      const shown = freshness.peek();
      if (shown.kind === 'restarted' && shown.at === at) freshness.value = { kind: 'fresh' };
    }, RESTARTED_FOR_MS);
  } else if (freshness.peek().kind !== 'restarted') freshness.value = { kind: 'fresh' };
}

function waitForSilence(mine: AbortController): void {
  heard = currentTime();
  clearTimeout(silence);
  silence = setTimeout(() => mine.abort(), SILENCE_MS);
  if (freshness.peek().kind === 'stale' && state.peek() !== null && failures === 0) {
    freshness.value = { kind: 'fresh' };
  }
}

function retry(mine: AbortController): void {
  if (!wanted || mine !== connection) return;
  clearTimeout(silence);
  connection = null;
  if (freshness.peek().kind !== 'stale') freshness.value = { kind: 'stale', since: heard };
  const pause = Math.min(2 ** failures, LONGEST_PAUSE_S);
  failures += 1;
  again = setTimeout(reconnect, pause * 1_000);
}

function shownOrHidden(): void {
  clearTimeout(hidden);
  if (document.visibilityState === 'hidden') {
    hidden = setTimeout(letGo, HIDDEN_MS);
  } else if (connection === null) {
    failures = 0;
    reconnect();
  }
}
