import type { ComponentChildren } from 'preact';
import { language, tag } from './language';

/** A text with `{places}`, or its plural forms, which are picked by the place `n`. */
export type Text = string | Plural;
export interface Plural {
  one: string;
  other: string;
}
export type Texts = Record<string, Text>;

/** The places in a text. */
type Places<S> = S extends `${string}{${infer P}}${infer Rest}` ? P | Places<Rest> : never;
type PlacesOf<T> = T extends Plural ? 'n' | Places<T['one']> | Places<T['other']> : Places<T>;
type Fill<T, V> = [PlacesOf<T>] extends [never] ? [] : [values: Record<PlacesOf<T>, V>];

export interface Translate<E extends Texts> {
  /** The text in the page's language. Reading it inside a component subscribes that to the language. */
  <K extends keyof E & string>(key: K, ...values: Fill<E[K], string | number>): string;
  /** The same with elements in its places. */
  rich<K extends keyof E & string>(key: K, ...values: Fill<E[K], ComponentChildren>): ComponentChildren[];
  /** A text whose key is made up, as of a state; `otherwise` where there is none. */
  maybe(key: string, otherwise: string): string;
}

/** Two languages of the same texts: one that lacks a key, or has one too many, does not compile. */
export function dictionary<const E extends Texts>(both: {
  en: E;
  zh: { [K in keyof E]: Text };
}): Translate<E> {
  const find = (key: string): Text | undefined => (both[language.value] as Texts)[key];
  const translate = (key: string, values: Record<string, string | number> = {}) =>
    pieces(find(key) ?? key, values).join('');
  return Object.assign(translate, {
    rich: (key: string, values: Record<string, ComponentChildren> = {}) => pieces(find(key) ?? key, values),
    maybe: (key: string, otherwise: string) => pieces(find(key) ?? otherwise, {}).join(''),
  }) as Translate<E>;
}

function pieces<V>(text: Text, values: Record<string, V>): (string | V)[] {
  const picked = typeof text === 'string' ? text : plural(text, values.n);
  const cut = picked.split(/\{(\w+)\}/);
  return cut.map((piece, index) => (index % 2 === 0 ? piece : shown(piece, values)));
}

function shown<V>(place: string, values: Record<string, V>): string | V {
  const value = values[place];
  if (typeof value === 'number') return new Intl.NumberFormat(tag()).format(value);
  return value ?? `{${place}}`;
}

function plural(forms: Plural, n: unknown): string {
  const form = new Intl.PluralRules(tag()).select(Number(n));
  return form === 'one' ? forms.one : forms.other;
}
