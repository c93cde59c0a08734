import { effect } from '@preact/signals';
import { answer as ask } from '../../service/client';
import { isAbort, ServiceError } from '../../service/problem';
import { ended as sessionEnded, standing } from '../../service/session';
import { type Answer, cutBefore, messages, nextId, put, type Turn, turns, underWay } from './conversation';
import { options, requestBody } from './options';
import { BrokeOff, readStream, take } from './stream';

/** How long to wait for the head of an answer; without streaming that is the whole of it. */
const PATIENCE_MS = 30 * 60_000;

/** Asks for the answer to the conversation as it stands. */
export async function run(): Promise<void> {
  if (underWay.peek() !== null) return;
  const breakOff = new AbortController();
  const said = options.peek();
  const body = requestBody(said, messages(said.system, turns.peek()));
  const draft = blank(said.model);
  // Where the conversation was cleared meanwhile, nothing of the answer comes back.
  const show = () => underWay.peek() === breakOff && put({ ...draft });
  const paint = painter(draft, show);
  underWay.value = breakOff;
  put({ ...draft });
  const began = performance.now();
  try {
    const response = await ask('/v1/chat/completions', {
      method: 'POST',
      body,
      signal: breakOff.signal,
      timeoutMs: PATIENCE_MS,
    });
    heads(draft, response.headers);
    if (said.stream && response.body !== null) {
      await readStream(response.body, draft, brought => {
        if (brought) draft.firstMs ??= performance.now() - began;
        draft.status = 'running';
        paint();
      });
    } else take(draft, await response.json());
    draft.status = 'done';
  } catch (problem) {
    ended(draft, problem, breakOff.signal.aborted);
  } finally {
    draft.totalMs = performance.now() - began;
    paint.stop();
    show();
    if (underWay.peek() === breakOff) underWay.value = null;
  }
}

/** Breaks off the answer; what came stays. */
export function stop(): void {
  underWay.peek()?.abort();
}

/** Forgets everything. */
export function clear(): void {
  const running = underWay.peek();
  underWay.value = null;
  running?.abort();
  turns.value = [];
}

// Whoever signs out leaves nothing behind. A session that ended by itself may go on where it was.
effect(() => {
  if (standing.value === 'out' && !sessionEnded.value) clear();
});

/** Asks anew for the last answer. */
export async function retry(): Promise<void> {
  const newest = turns.peek().at(-1);
  if (newest?.kind === 'answer') cutBefore(newest.id);
  await run();
}

/** Says something and asks for the answer. */
export async function say(...said: Turn[]): Promise<void> {
  for (const turn of said) put(turn);
  await run();
}

function blank(model: string): Answer {
  return {
    kind: 'answer',
    id: nextId(),
    status: 'waiting',
    model,
    text: '',
    reasoning: '',
    calls: [],
    error: null,
    finish: null,
    used: null,
    account: null,
    attempts: null,
    dropped: null,
    firstMs: null,
    totalMs: null,
  };
}

function heads(draft: Answer, headers: Headers): void {
  const count = (name: string) => (headers.has(name) ? Number(headers.get(name)) : null);
  draft.account = headers.get('x-qianqiao-account');
  draft.attempts = count('x-qianqiao-attempts');
  draft.dropped = count('x-qianqiao-dropped-messages');
}

function ended(draft: Answer, problem: unknown, stopped: boolean): void {
  if (stopped || isAbort(problem)) {
    draft.status = 'stopped';
  } else if (problem instanceof ServiceError) {
    draft.status = 'failed';
    draft.error = { message: problem.message, code: problem.code, retryAfter: problem.retryAfter };
  } else if (problem instanceof BrokeOff || problem instanceof TypeError) {
    draft.status = 'broken';
  } else {
    draft.status = 'failed';
    draft.error = { message: String(problem), code: 'unreadable', retryAfter: null };
  }
}

/** Shows the draft at most once a frame, and less often the longer it is, so that the page stays smooth. */
function painter(draft: Answer, show: () => unknown): (() => void) & { stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;
  const paint = () => {
    if (timer !== undefined || frame !== 0) return;
    const pause = Math.min(400, (draft.text.length + draft.reasoning.length) / 400);
    timer = setTimeout(() => {
      timer = undefined;
      frame = requestAnimationFrame(() => {
        frame = 0;
        show();
      });
    }, pause);
  };
  const stopPainting = () => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
  };
  return Object.assign(paint, { stop: stopPainting });
}
