import { signal } from '@preact/signals';
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

/** Where toasts appear; the shell has it once. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {words.value.map(word => (
        <div key={word.id} class={`toast toast-${word.kind}`}>
          <Icon name={word.kind === 'good' ? 'check' : 'alert'} />
          <span>{word.text}</span>
          <IconButton icon="close" label={t('action.dismiss')} onPress={() => drop(word.id)} />
        </div>
      ))}
    </div>
  );
}
