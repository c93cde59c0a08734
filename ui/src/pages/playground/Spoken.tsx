import { useEffect, useRef, useState } from 'preact/hooks';
import { turns } from './conversation';
import { t } from './words';

/** The longest answer that is read out by itself; of a longer one it is only said that it is there. */
const READ_OUT = 500;
const SAID_MS = 5_000;

/** Tells a screen reader when an answer begins and ends, and not each word between. */
export function Spoken() {
  const [text, setText] = useState('');
  const told = useRef('');
  const newest = turns.value.at(-1);
  const status = newest?.kind === 'answer' ? newest.status : null;
  const key = newest && status ? `${newest.id} ${status}` : '';
  useEffect(() => {
    if (key === '' || key === told.current || newest?.kind !== 'answer') return;
    // A turn that was there before the page was opened is no news.
    const first = told.current === '';
    told.current = key;
    if (status === 'waiting') setText(t('spoken.begins'));
    else if (status === 'done' && !first) {
      setText(newest.text.length > READ_OUT ? t('spoken.long', { n: newest.text.length }) : newest.text);
    } else if (status !== 'running' && !first) setText(t.maybe(`is.${status}`, ''));
  }, [key]);
  // Said once; who reads on comes to the answer itself.
  useEffect(() => {
    if (text === '') return;
    const timer = setTimeout(() => setText(''), SAID_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="unseen" role="status" aria-live="polite">
      {text}
    </p>
  );
}
