import { frames } from '../../service/frames';
import { ServiceError } from '../../service/problem';
import type { Answer, ToolCall, Used } from './conversation';

interface CallPiece {
  index?: number;
  id?: string | null;
  function?: { name?: string | null; arguments?: string | null } | null;
}

interface Said {
  content?: string | null;
  reasoning_content?: string | null;
  tool_calls?: CallPiece[] | null;
}

interface Chunk {
  model?: string;
  choices?: { delta?: Said | null; message?: Said | null; finish_reason?: string | null }[];
  usage?: Used | null;
  error?: { message?: unknown; code?: unknown; param?: unknown } | null;
}

/** The connection ended without the mark that says the answer is whole. */
export class BrokeOff extends Error {}

/** Reads a stream into `answer`; tells of each piece. An error in the stream is thrown as one. */
export async function readStream(
  body: ReadableStream<Uint8Array>,
  answer: Answer,
  onPiece: (brought: boolean) => void,
): Promise<void> {
  for await (const { data } of frames(body)) {
    if (data === null || data === '') continue;
    if (data === '[DONE]') return;
    onPiece(take(answer, chunk(data)));
  }
  throw new BrokeOff();
}

/** Takes a chunk, or a whole answer, into `answer`; true if it brought something to read. */
export function take(answer: Answer, said: Chunk): boolean {
  if (said.error) throw errorIn(said.error);
  if (said.model) answer.model = said.model;
  if (said.usage) answer.used = said.usage;
  const choice = said.choices?.[0];
  if (choice?.finish_reason) answer.finish = choice.finish_reason;
  const words = choice?.delta ?? choice?.message;
  if (!words) return false;
  answer.text += words.content ?? '';
  answer.reasoning += words.reasoning_content ?? '';
  for (const piece of words.tool_calls ?? []) answer.calls = withPiece(answer.calls, piece);
  return Boolean(words.content || words.reasoning_content || words.tool_calls?.length);
}

function chunk(data: string): Chunk {
  try {
    return JSON.parse(data) as Chunk;
  } catch {
    throw new BrokeOff();
  }
}

function errorIn(error: NonNullable<Chunk['error']>): ServiceError {
  const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise);
  return new ServiceError(200, text(error.code, 'error'), text(error.message, JSON.stringify(error)));
}

// A call's id and name come once, its arguments in pieces; some services number the calls, some do not.
function withPiece(calls: readonly ToolCall[], piece: CallPiece): ToolCall[] {
  const at = piece.index ?? (piece.id ? calls.length : Math.max(0, calls.length - 1));
  const before = calls[at] ?? { id: '', name: '', arguments: '' };
  const next = [...calls];
  next[at] = {
    id: piece.id || before.id,
    name: before.name + (piece.function?.name ?? ''),
    arguments: before.arguments + (piece.function?.arguments ?? ''),
  };
  return next.filter(call => call !== undefined);
}
