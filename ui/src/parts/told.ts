import { language } from '../i18n/language';
import { said } from '../i18n/said';
import { ServiceError } from '../service/problem';

/** What an error says of itself, before it is put into the page's language. */
export function wordsOf(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  return String(error);
}

/** An error as a sentence for its reader. */
export function told(error: unknown): string {
  return said(wordsOf(error));
}

/** An error's sentence without the name of its field, where that is plain from what the reader looks at. */
export function toldWithout(error: unknown, field: string): string {
  const [words, name] = [wordsOf(error), `\`${field}\`: `];
  return said(words.startsWith(name) ? words.slice(name.length) : words);
}

/** The sentence of an error that names this field, to stand at the field. */
export function toldOf(error: unknown, field: string): string | null {
  if (!(error instanceof ServiceError) || error.param !== field) return null;
  // The field's own name is English; its label, beside which this stands, is not.
  return language.value === 'zh' ? toldWithout(error, field) : error.message;
}
