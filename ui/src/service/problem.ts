/** Why the service did not do what the page asked. */
export class ServiceError extends Error {
  constructor(
    /** The HTTP status; 0 if there was no answer at all. */
    readonly status: number,
    /** The error's code; `network`, `timeout` or `unreadable` where the page itself noticed it. */
    readonly code: string,
    message: string,
    /** The field that is wrong, if one is. */
    readonly param: string | null = null,
    /** When trying again makes sense, in seconds. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
    this.name = 'ServiceError';
  }
}

/** Whether the page gave up on this itself, as when it was left; nobody need hear of it. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
