import { signal } from '@preact/signals';
import { t } from '../i18n/words';
import { bearer } from './bearer';
import { isAbort, ServiceError } from './problem';

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Query | object;
  body?: unknown;
  signal?: AbortSignal;
  /** How long to wait for the whole answer. */
  timeoutMs?: number;
}

/** Raised by one each time the service says that nobody is signed in. */
export const turnedAway = signal(0);

const PATIENCE_MS = 30_000;

/** Asks the service for JSON. Every failure is a `ServiceError`, except that of being broken off by `signal`. */
export async function ask<T>(path: string, options: Options = {}): Promise<T> {
  const response = await answer(path, options);
  if (response.status === 204) return undefined as T;
  try {
    return (await within(response.json(), options.timeoutMs ?? PATIENCE_MS)) as T;
  } catch (error) {
    if (isAbort(error) || error instanceof ServiceError) throw error;
    throw new ServiceError(response.status, 'unreadable', t('problem.unreadable'));
  }
}

/** The head came in time; a body that stalls must not keep its reader waiting for ever either. */
function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = new Promise<never>((_, fail) => {
    setTimeout(() => fail(new ServiceError(0, 'timeout', t('problem.timeout'))), ms);
  });
  return Promise.race([work, late]);
}

/** Asks the service for a file. */
export async function askFile(path: string, options: Options = {}): Promise<Blob> {
  const response = await answer(path, options);
  return await response.blob();
}

/** The good answer itself, for streams; the caller reads its body. */
export async function answer(path: string, options: Options = {}): Promise<Response> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), options.timeoutMs ?? PATIENCE_MS);
  const signals = options.signal ? [options.signal, timeout.signal] : [timeout.signal];
  try {
    const response = await fetch(address(path, options.query), {
      method: options.method ?? 'GET',
      headers: headers(options),
      body: options.body === undefined ? null : JSON.stringify(options.body),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: either(signals),
    });
    if (!response.ok) throw await refusal(response);
    return response;
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    if (options.signal?.aborted) throw error;
    if (timeout.signal.aborted) throw new ServiceError(0, 'timeout', t('problem.timeout'));
    throw new ServiceError(0, 'network', t('problem.network'));
  } finally {
    clearTimeout(timer);
  }
}

export function address(path: string, query: Query | object = {}): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') said.set(name, String(value));
  }
  const text = said.toString();
  return text === '' ? path : `${path}?${text}`;
}

export function headers(options: Pick<Options, 'body'> = {}): Record<string, string> {
  const token = bearer();
  return {
    accept: 'application/json',
    'x-qianqiao-console': '1',
    ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
}

async function refusal(response: Response): Promise<ServiceError> {
  const said = await response.json().catch(() => null);
  const error = (said as { error?: Record<string, unknown> } | null)?.error;
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  const code = text(error?.code) ?? `http_${response.status}`;
  if (response.status === 401 && code === 'invalid_api_key') turnedAway.value += 1;
  const message = text(error?.message) ?? t('problem.status', { status: String(response.status) });
  const retry = waitIn(response.headers);
  return new ServiceError(
    response.status,
    code,
    message,
    text(error?.param),
    Number.isFinite(retry) ? retry : null,
  );
}

/** How many seconds to wait. Longer waits are not in Retry-After, by which SDKs would sleep. */
function waitIn(headers: Headers): number {
  const reset = /^(\d+)s$/.exec(headers.get('x-ratelimit-reset-requests') ?? '');
  return Number(headers.get('retry-after') ?? reset?.[1] ?? Number.NaN);
}

// AbortSignal.any is younger than some browsers in use.
function either(signals: AbortSignal[]): AbortSignal {
  const both = new AbortController();
  for (const one of signals) {
    if (one.aborted) both.abort();
    else one.addEventListener('abort', () => both.abort(), { once: true });
  }
  return both.signal;
}
