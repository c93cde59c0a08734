import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/words';
import { classes } from './classes';
import { copy, selectAll } from './copy';
import { Icon } from './Icon';

type Told = 'idle' | 'copied' | 'failed';
const TOLD_MS = 2_500;

function useCopy(text: string, element: { current: HTMLElement | null }) {
  const [told, setTold] = useState<Told>('idle');
  useEffect(() => {
    if (told === 'idle') return;
    const timer = setTimeout(() => setTold('idle'), TOLD_MS);
    return () => clearTimeout(timer);
  }, [told]);
  const run = async () => {
    const done = await copy(text);
    if (!done && element.current !== null) selectAll(element.current);
    setTold(done ? 'copied' : 'failed');
  };
  return { told, run };
}

function CopyButton({ told, run, what }: { told: Told; run: () => void; what: string | undefined }) {
  const word =
    told === 'copied' ? t('action.copied') : told === 'failed' ? t('action.copyFailed') : t('action.copy');
  return (
    <button type="button" class={classes('copy', told !== 'idle' && `copy-${told}`)} onClick={run}>
      <Icon name={told === 'copied' ? 'check' : 'copy'} size={15} />
      <span aria-live="polite">{word}</span>
      {what && <span class="unseen"> {what}</span>}
    </button>
  );
}

interface CopyableProps {
  text: string;
  /** What is copied, for those who only hear the button. */
  label?: string;
}

/** A short text, as an address or a key, with a button that copies it. */
export function Copyable({ text, label }: CopyableProps) {
  const element = useRef<HTMLElement>(null);
  const { told, run } = useCopy(text, element);
  return (
    <span class="copyable">
      <code ref={element}>{text}</code>
      <CopyButton told={told} run={run} what={label} />
    </span>
  );
}

/** Lines of code or a command, with a button that copies them. */
export function CodeBlock({ text, label, title }: CopyableProps & { title?: string }) {
  const element = useRef<HTMLElement>(null);
  const { told, run } = useCopy(text, element);
  return (
    <figure class="code-block">
      <figcaption>
        <span>{title}</span>
        <CopyButton told={told} run={run} what={label ?? title} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard too. */}
      <pre tabIndex={0} role="group" aria-label={label ?? title ?? t('action.copy')}>
        <code ref={element}>{text}</code>
      </pre>
    </figure>
  );
}
