import { signal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { t } from '../i18n/words';
import { IconButton } from './Button';
import { Icon } from './Icon';

interface Word {
  id: number;
  text: string;
  kind: 'good' | 'bad';
}

const words = signal<Word[]>([]);
const SHOWN_MS = { good: 5_000, bad: 12_000 };
let last = 0;

/** Says something in passing, at the edge of the page. */
export function toast(text: string, kind: 'good' | 'bad' = 'good'): void {
  last += 1;
  const id = last;
  words.value = [...words.value.filter(word => word.text !== text).slice(-2), { id, text, kind }];
  setTimeout(() => drop(id), SHOWN_MS[kind]);
}

function drop(id: number): void {
  words.value = words.value.filter(word => word.id !== id);
}

/** Where toasts may appear; the last one has them. What lies behind a dialog is neither heard nor reached. */
const places = signal<readonly string[]>([]);

/** A place for toasts: the page has one, and each dialog. It is there before they are, or they would not be read aloud. */
export function Toasts() {
  const id = useId();
  useEffect(() => {
    places.value = [...places.peek(), id];
    return () => {
      places.value = places.peek().filter(one => one !== id);
    };
  }, []);
  const shown = places.value.at(-1) === id ? words.value : [];
  return (
    <div class="toasts" role="status">
      {shown.map(word => (
        <div key={word.id} class={`toast toast-${word.kind}`}>
          <Icon name={word.kind === 'good' ? 'check' : 'alert'} />
          <span>{word.text}</span>
          <IconButton icon="close" label={t('action.dismiss')} onPress={() => drop(word.id)} />
        </div>
      ))}
    </div>
  );
}
