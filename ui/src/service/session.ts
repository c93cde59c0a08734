import { effect, signal } from '@preact/signals';
import { bearer, framed, keepBearer } from './bearer';
import { ask, turnedAway } from './client';
import type { SessionStatus, SignedIn } from './types';

/** `unknown` until the service was asked; `unreachable` if it could not be. */
export type Standing = 'unknown' | 'unreachable' | 'out' | 'in';

export const standing = signal<Standing>('unknown');

/** Whether a session was there and ended, so that the sign-in can say so. */
export const ended = signal(false);

const SESSION = '/admin/api/session';

/** Asks whether somebody is signed in. */
export async function look(): Promise<void> {
  if (framed && bearer() === null) {
    standing.value = 'out';
    return;
  }
  try {
    const status = await ask<SessionStatus>(SESSION, { timeoutMs: 10_000 });
    standing.value = status.signed_in ? 'in' : 'out';
  } catch {
    standing.value = 'unreachable';
  }
}

/** Signs in with the master key; fails with the service's own sentence. */
export async function signIn(key: string): Promise<void> {
  const signedIn = await ask<SignedIn>(SESSION, { method: 'POST', body: { key, bearer: framed } });
  if (signedIn.token !== null) keepBearer(signedIn.token);
  ended.value = false;
  standing.value = 'in';
}

/** Ends the session. Also where the service cannot be reached, nothing stays in this tab. */
export async function signOut(): Promise<void> {
  try {
    await ask<void>(SESSION, { method: 'DELETE', timeoutMs: 5_000 });
  } finally {
    leave(false);
  }
}

function leave(unasked: boolean): void {
  keepBearer(null);
  ended.value = unasked;
  standing.value = 'out';
}

/** The live stream saw the session end. */
export function sessionEnded(): void {
  if (standing.value === 'in') leave(true);
}

let seen = turnedAway.peek();
effect(() => {
  const count = turnedAway.value;
  if (count === seen) return;
  seen = count;
  if (standing.peek() === 'in') leave(true);
});
