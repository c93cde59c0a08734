/** The request that the playground would send, as code to take along. The key is always a placeholder. */

const PICTURE = 'data:image/png;base64,PUT_THE_PICTURE_HERE';

/** The body with pictures left out, which would be pages of letters. */
export function portable(body: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(body, (name, value) =>
      name === 'url' && typeof value === 'string' && value.startsWith('data:') ? PICTURE : value,
    ),
  );
}

export function asCurl(origin: string, body: Record<string, unknown>): string {
  return [
    `curl -N '${origin}/v1/chat/completions' \\`,
    '  -H "Authorization: Bearer $KEY" \\',
    "  -H 'Content-Type: application/json' \\",
    `  -d ${shell(JSON.stringify(body, null, 2))}`,
  ].join('\n');
}

// Within single quotes a shell reads nothing but the closing one.
function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function asPython(origin: string, body: Record<string, unknown>): string {
  const given = Object.entries(body).map(([name, value]) => `    ${name}=${python(value, 4)},`);
  const ask = ['client.chat.completions.create(', ...given, ')'].join('\n');
  const head = [
    'import os',
    'from openai import OpenAI',
    '',
    `client = OpenAI(base_url="${origin}/v1", api_key=os.environ["KEY"])`,
    '',
  ];
  const rest =
    body.stream === true
      ? [
          `for chunk in ${ask}:`,
          '    if chunk.choices:',
          '        print(chunk.choices[0].delta.content or "", end="", flush=True)',
        ]
      : [`answer = ${ask}`, 'print(answer.choices[0].message.content)'];
  return [...head, ...rest].join('\n');
}

function python(value: unknown, indent: number): string {
  const inner = ' '.repeat(indent + 4);
  const outer = ' '.repeat(indent);
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  // What JSON writes as a string or a number, Python reads the same.
  if (typeof value !== 'object') return JSON.stringify(value);
  const [open, close, parts] = Array.isArray(value)
    ? ['[', ']', value.map(one => python(one, indent + 4))]
    : [
        '{',
        '}',
        Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${python(one, indent + 4)}`),
      ];
  if (parts.length === 0) return `${open}${close}`;
  return `${open}\n${parts.map(part => `${inner}${part},`).join('\n')}\n${outer}${close}`;
}
