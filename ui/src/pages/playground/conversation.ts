import { computed, signal } from '@preact/signals';

/** A picture that goes with a question, as a data: address. */
export interface Picture {
  name: string;
  bytes: number;
  url: string;
}

export interface ToolCall {
  id: string;
  name: string;
  arguments: string;
}

export interface Used {
  prompt_tokens?: number;
  completion_tokens?: number;
  completion_tokens_details?: { reasoning_tokens?: number | null } | null;
}

/** `broken`: the connection ended before the answer did. */
export type AnswerStatus = 'waiting' | 'running' | 'done' | 'stopped' | 'broken' | 'failed';

export interface Question {
  kind: 'question';
  id: number;
  text: string;
  pictures: Picture[];
}

export interface Answer {
  kind: 'answer';
  id: number;
  status: AnswerStatus;
  model: string;
  text: string;
  reasoning: string;
  calls: ToolCall[];
  /** Why it failed; set with `failed`, and where an error came in the middle of a stream. */
  error: { message: string; code: string; retryAfter: number | null } | null;
  finish: string | null;
  used: Used | null;
  account: string | null;
  attempts: number | null;
  dropped: number | null;
  firstMs: number | null;
  totalMs: number | null;
}

export interface Result {
  kind: 'result';
  id: number;
  call: ToolCall;
  text: string;
}

export type Turn = Question | Answer | Result;

/** The conversation. It lives in this tab's memory and nowhere else. */
export const turns = signal<readonly Turn[]>([]);

/** What breaks off the answer that is under way. */
export const underWay = signal<AbortController | null>(null);

let last = 0;

export function nextId(): number {
  last += 1;
  return last;
}

export function put(turn: Turn): void {
  const known = turns.peek();
  const there = known.some(one => one.id === turn.id);
  turns.value = there ? known.map(one => (one.id === turn.id ? turn : one)) : [...known, turn];
}

/** Leaves only what stands before this turn. */
export function cutBefore(id: number): void {
  const at = turns.peek().findIndex(turn => turn.id === id);
  if (at >= 0) turns.value = turns.peek().slice(0, at);
}

/** The calls of the last answer whose results the model waits for. */
export const pendingCalls = computed<readonly ToolCall[]>(() => {
  const newest = turns.value.at(-1);
  return newest?.kind === 'answer' && newest.status === 'done' ? newest.calls : [];
});

type Message = Record<string, unknown>;

/** The conversation as the API wants it. */
export function messages(system: string, conversation: readonly Turn[]): Message[] {
  const head: Message[] = system.trim() === '' ? [] : [{ role: 'system', content: system }];
  return [...head, ...conversation.flatMap(message)];
}

function message(turn: Turn): Message[] {
  switch (turn.kind) {
    case 'question':
      return [{ role: 'user', content: content(turn) }];
    case 'result':
      return [{ role: 'tool', tool_call_id: turn.call.id, content: turn.text }];
    default:
      return spoken(turn);
  }
}

function content({ text, pictures }: Question): unknown {
  if (pictures.length === 0) return text;
  const shown = pictures.map(picture => ({ type: 'image_url', image_url: { url: picture.url } }));
  return text === '' ? shown : [{ type: 'text', text }, ...shown];
}

// An answer that brought nothing would be an empty message, which many models take amiss.
function spoken({ text, calls, status }: Answer): Message[] {
  const made = status === 'done' ? calls : [];
  if (text === '' && made.length === 0) return [];
  const tool_calls = made.map(({ id, name, arguments: given }) => ({
    id,
    type: 'function',
    function: { name, arguments: given },
  }));
  return [
    { role: 'assistant', content: text === '' ? null : text, ...(made.length > 0 ? { tool_calls } : {}) },
  ];
}
