import { effect, signal } from '@preact/signals';
import { language } from './language';
import { Sentences } from './sentences';

/** What the service's sentences are in Chinese; not there before somebody reads Chinese. */
const sentences = signal<Sentences | null>(null);

effect(() => {
  if (language.value !== 'zh' || sentences.peek() !== null) return;
  import('./said/all')
    .then(({ all }) => {
      sentences.value = new Sentences(all);
    })
    // Without it the service's own words are shown, which are good English.
    .catch(() => undefined);
});

export interface Told {
  text: string;
  /** The language that it is in, if that is not the page's. */
  lang: 'en' | undefined;
}

const ENGLISH = /\b[A-Za-z]+ [a-z]+ [a-z]+/;

/** A text of the service in the page's language, as far as its sentences are known. */
export function toldBy(text: string): Told {
  if (language.value === 'en') return { text, lang: undefined };
  const known = sentences.value?.read(text) ?? null;
  if (known !== null) return { text: known.text, lang: undefined };
  // What the page noticed itself is told in its language already.
  return { text, lang: ENGLISH.test(text) ? 'en' : undefined };
}

/** The same where only a text will do, as in a label. */
export function said(text: string): string {
  return toldBy(text).text;
}
