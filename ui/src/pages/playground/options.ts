import { signal } from '@preact/signals';

/** How the next answer is asked for. */
export interface Options {
  model: string;
  system: string;
  stream: boolean;
  temperature: number | null;
  maxTokens: number | null;
  /** One a line. */
  stop: string;
  json: boolean;
  tools: string;
}

export const options = signal<Options>({
  model: 'auto',
  system: '',
  stream: true,
  temperature: null,
  maxTokens: null,
  stop: '',
  json: false,
  tools: '',
});

export function change(some: Partial<Options>): void {
  options.value = { ...options.peek(), ...some };
}

export const SAMPLE_TOOLS = JSON.stringify(
  [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'The weather of a city today',
        parameters: {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
        },
      },
    },
  ],
  null,
  2,
);

export type ToolsFault = 'unreadable' | 'notList' | 'nameless';

/** The tools as they were written, or what is wrong with them. */
export function readTools(text: string): { tools: unknown[]; fault: ToolsFault | null } {
  if (text.trim() === '') return { tools: [], fault: null };
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return { tools: [], fault: 'unreadable' };
  }
  if (!Array.isArray(read)) return { tools: [], fault: 'notList' };
  const named = read.every(one => typeof one?.function?.name === 'string');
  return named ? { tools: read, fault: null } : { tools: [], fault: 'nameless' };
}

/** The body of the request for this conversation. */
export function requestBody(said: Options, messages: unknown[]): Record<string, unknown> {
  const stop = said.stop.split('\n').filter(line => line !== '');
  const { tools } = readTools(said.tools);
  return {
    model: said.model,
    messages,
    ...(said.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    ...(said.temperature === null ? {} : { temperature: said.temperature }),
    ...(said.maxTokens === null ? {} : { max_tokens: said.maxTokens }),
    ...(stop.length === 0 ? {} : { stop }),
    ...(said.json ? { response_format: { type: 'json_object' } } : {}),
    ...(tools.length === 0 ? {} : { tools }),
  };
}
