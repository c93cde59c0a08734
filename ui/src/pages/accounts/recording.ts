/** The longest file that the service reads. */
export const MOST_BYTES = 64 * 1024 * 1024;

interface Entry {
  request?: { postData?: unknown };
  response?: unknown;
  _webSocketMessages?: unknown;
}

/** A recording without what pages answered and what was sent to them: the requests' headers and cookies say all that is
 * needed, and the rest is nobody's business. Any other text stays as it is. */
export function requestsOnly(text: string): string {
  if (!text.trimStart().startsWith('{')) return text;
  try {
    const recording = JSON.parse(text) as { log?: { entries?: Entry[] } };
    const entries = recording.log?.entries;
    if (!Array.isArray(entries)) return text;
    const kept = entries.map(({ response: _, _webSocketMessages: __, ...entry }) => {
      if (entry.request === undefined) return entry;
      const { postData: ___, ...request } = entry.request;
      return { ...entry, request };
    });
    return JSON.stringify({ ...recording, log: { ...recording.log, entries: kept } });
  } catch {
    return text;
  }
}
