import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

const SAID_MS = 6_000;

/** What a screen reader is to say; set, it is said once. */
export function useAnnouncement(): Signal<string> {
  return useSignal('');
}

/** Where it is said. It falls silent after a while: whoever reads on finds the matter where it stands. */
export function Announcement({ of }: { of: Signal<string> }) {
  const text = of.value;
  useEffect(() => {
    if (text === '') return;
    const timer = setTimeout(() => {
      of.value = '';
    }, SAID_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="unseen" role="status" aria-live="polite">
      {text}
    </p>
  );
}
