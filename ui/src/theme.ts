import { effect, signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';

const PLACE = 'qianqiao.theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(system.matches);
system.addEventListener('change', event => {
  systemDark.value = event.matches;
});

export const theme = signal<Theme>(kept());

/** Whether dark colours are shown now; charts are drawn anew when it changes. */
export const dark = signal(false);

effect(() => {
  dark.value = theme.value === 'dark' || (theme.value === 'auto' && systemDark.value);
  document.documentElement.dataset.theme = dark.value ? 'dark' : 'light';
});

export function setTheme(next: Theme): void {
  theme.value = next;
  try {
    localStorage.setItem(PLACE, next);
  } catch {
    // It holds until the page is left.
  }
}

function kept(): Theme {
  try {
    const said = localStorage.getItem(PLACE);
    return said === 'light' || said === 'dark' ? said : 'auto';
  } catch {
    return 'auto';
  }
}
