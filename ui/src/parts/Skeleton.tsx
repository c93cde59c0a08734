import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/words';
import { ErrorState } from './ErrorState';

const PATIENCE_MS = 10_000;

/** Holds the place of what is loading. It does not stand for ever: after 10 s it says so and offers to try again. */
export function Skeleton({ lines = 3, retry }: { lines?: number; retry?: () => void }) {
  const [late, setLate] = useState(false);
  const [turn, setTurn] = useState(0);
  // Each further try has its own patience.
  useEffect(() => {
    setLate(false);
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [turn]);
  if (late) {
    const again =
      retry &&
      (() => {
        setTurn(turn + 1);
        retry();
      });
    return <ErrorState title={t('loading.long')} error={new Error(t('loading.longHint'))} retry={again} />;
  }
  return (
    <div class="skeleton" role="status">
      <span class="unseen">{t('loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class="skeleton-line" />
      ))}
    </div>
  );
}
