import { signal } from '@preact/signals';

/** How far the service's clock is ahead of this browser's, in ms. */
let ahead = 0;

/** The service's time now, ticking each second while the page is shown. */
export const now = signal(Date.now());

export function currentTime(): number {
  return Date.now() + ahead;
}

/** Takes the service's time from what it just said. A difference below two seconds is the network's. */
export function setClock(at: number): void {
  const difference = at - Date.now();
  ahead = Math.abs(difference) < 2_000 ? 0 : difference;
}

setInterval(() => {
  if (document.visibilityState === 'visible') now.value = currentTime();
}, 1_000);

document.addEventListener('visibilitychange', () => {
  now.value = currentTime();
});
