import { useEffect, useRef, useState } from 'preact/hooks';
import { t as shared } from '../../i18n/words';
import { classes } from '../../parts/classes';
import { copy, selectAll } from '../../parts/copy';
import { Icon } from '../../parts/Icon';

/** A secret in a text, and what is seen in its place. */
export interface Mask {
  secret: string;
  seen: string;
}

function hidden(text: string, mask: Mask | null): string {
  return mask === null ? text : text.replaceAll(mask.secret, mask.seen);
}

interface MaskedProps {
  text: string;
  mask: Mask | null;
  /** What is copied, for those who only hear the button. */
  label: string;
}

/** A value in which the key is masked on the screen and copied whole. */
export function MaskedValue({ text, mask, label }: MaskedProps) {
  const { shown, element, button } = useMasked(text, mask, label);
  return (
    <span class="copyable">
      <code ref={element}>{shown}</code>
      {button}
    </span>
  );
}

/** Lines of code in which the key is masked on the screen and copied whole. */
export function MaskedCode({ text, mask, label, title }: MaskedProps & { title: string }) {
  const { shown, element, button } = useMasked(text, mask, label);
  return (
    <figure class="code-block">
      <figcaption>
        <span>{title}</span>
        {button}
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard too. */}
      <pre tabIndex={0} role="group" aria-label={title}>
        <code ref={element}>{shown}</code>
      </pre>
    </figure>
  );
}

const TOLD_MS = 2_500;

function useMasked(text: string, mask: Mask | null, label: string) {
  const [told, setTold] = useState<'idle' | 'copied' | 'failed'>('idle');
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    if (told !== 'copied') return;
    const timer = setTimeout(() => setTold('idle'), TOLD_MS);
    return () => clearTimeout(timer);
  }, [told]);
  // Who must copy by hand needs to see what is copied.
  useEffect(() => {
    if (told === 'failed' && element.current !== null) selectAll(element.current);
  }, [told]);
  const shown = told === 'failed' ? text : hidden(text, mask);
  const word =
    told === 'copied'
      ? shared('action.copied')
      : told === 'failed'
        ? shared('action.copyFailed')
        : shared('action.copy');
  const button = (
    <button
      type="button"
      class={classes('copy', told !== 'idle' && `copy-${told}`)}
      onClick={async () => setTold((await copy(text)) ? 'copied' : 'failed')}
    >
      <Icon name={told === 'copied' ? 'check' : 'copy'} size={15} />
      <span aria-live="polite">{word}</span>
      <span class="unseen"> {label}</span>
    </button>
  );
  return { shown, element, button };
}
