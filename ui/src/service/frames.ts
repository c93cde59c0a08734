/** One frame of an event stream; a comment is a frame without data. */
export interface Frame {
  event: string;
  data: string | null;
}

/** Reads an event stream frame by frame. */
export async function* frames(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const pieces = rest.split(/\r?\n\r?\n/);
      rest = pieces.pop() ?? '';
      for (const piece of pieces) yield frame(piece);
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

function frame(piece: string): Frame {
  let event = 'message';
  let data: string | null = null;
  for (const line of piece.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') event = value;
    if (name === 'data') data = data === null ? value : `${data}\n${value}`;
  }
  return { event, data };
}
