import { computed, signal } from '@preact/signals';

export const PAGES = [
  'overview',
  'accounts',
  'models',
  'keys',
  'usage',
  'requests',
  'playground',
  'connect',
  'settings',
] as const;
export type PageName = (typeof PAGES)[number];

/** Where the reader is: `#/accounts/qianwen-1?tab=events` is page `accounts`, rest `['qianwen-1']`, query `{tab}`. */
export interface Place {
  page: PageName | null;
  rest: string[];
  query: Record<string, string>;
}

export const place = signal<Place>(read());
export const page = computed(() => place.value.page);
/** What the address says behind its `?`. */
export const params = computed(() => place.value.query);

/** The address of a page, for links. Values that are null, undefined or empty are left out. */
export function link(
  name: PageName,
  rest: string | null = null,
  query: Record<string, unknown> = {},
): string {
  const said = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') said.set(key, String(value));
  }
  const path = rest === null ? `#/${name}` : `#/${name}/${encodeURIComponent(rest)}`;
  return said.size === 0 ? path : `${path}?${said}`;
}

/** Goes to a page. */
export function go(name: PageName, rest: string | null = null, query: Record<string, unknown> = {}): void {
  location.hash = link(name, rest, query);
}

/** Changes the query of the place where the reader is, without a new entry in the browser's history. */
export function setParams(change: Record<string, unknown>): void {
  const { page: name, rest, query } = place.peek();
  if (name === null) return;
  history.replaceState(null, '', link(name, rest[0] ?? null, { ...query, ...change }));
  place.value = read();
}

function read(): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const [first = '', ...rest] = path
    .split('/')
    .filter(piece => piece !== '')
    .map(plain);
  const name = first === '' ? 'overview' : first;
  const known = PAGES.find(one => one === name) ?? null;
  return { page: known, rest, query: Object.fromEntries(new URLSearchParams(query)) };
}

function plain(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}

addEventListener('hashchange', () => {
  place.value = read();
});
