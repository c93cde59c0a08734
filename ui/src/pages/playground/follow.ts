import { useEffect, useRef } from 'preact/hooks';
import { turns } from './conversation';

/** How near the end, in pixels, a reader must be to want to stay there. */
const NEAR = 160;

/** Keeps the end of the conversation in sight while it grows, unless the reader scrolled away from it. */
export function useFollow(): void {
  const near = useRef(true);
  const { length } = turns.value;
  useEffect(() => {
    const look = () => {
      const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
      near.current = scrollHeight - clientHeight - scrollTop < NEAR;
    };
    addEventListener('scroll', look, { passive: true });
    return () => removeEventListener('scroll', look);
  }, []);
  // Whoever asks wants to see the answer.
  useEffect(() => {
    if (length > 0) toTheEnd();
    near.current = true;
  }, [length]);
  useEffect(() => {
    if (length > 0 && near.current) toTheEnd();
  }, [turns.value]);
}

function toTheEnd(): void {
  window.scrollTo(0, document.documentElement.scrollHeight);
}
