import { effect, signal } from '@preact/signals';

export type Language = 'zh' | 'en';

const PLACE = 'qianqiao.language';

/** The language that the page speaks. */
export const language = signal<Language>(chosen());

export function speak(next: Language): void {
  language.value = next;
  try {
    localStorage.setItem(PLACE, next);
  } catch {
    // A browser that keeps nothing still speaks it until the page is left.
  }
}

function chosen(): Language {
  try {
    const kept = localStorage.getItem(PLACE);
    if (kept === 'zh' || kept === 'en') return kept;
  } catch {
    // Nothing is kept; the browser's own language decides.
  }
  return navigator.languages.some(tag => /^zh\b/i.test(tag)) ? 'zh' : 'en';
}

/** The tag by which the browser knows the language. */
export function tag(): string {
  return language.value === 'zh' ? 'zh-CN' : 'en-GB';
}

effect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
});
