/** What stands in an app's own settings, as its English and its Chinese surface call it. */
export interface Named {
  en: string;
  zh: string;
}

/** What is filled into the snippets. */
export interface Setup {
  /** The address without `/v1` and without a slash at its end. */
  root: string;
  key: string;
  model: string;
}

export interface Entry {
  label: Named;
  value: string;
}

export interface Snippet {
  title: string;
  text: string;
}

export interface Guide {
  /** Where in the app this is filled in. */
  where?: Named;
  entries?: Entry[];
  snippets?: Snippet[];
  notes?: Named[];
  /** What the reader must know before: it does not work as it stands. */
  warning?: Named;
}

export type Group = 'chat' | 'flow' | 'agent' | 'code';

export interface App {
  id: string;
  name: string;
  group: Group;
  guide: (setup: Setup) => Guide;
}

/** A name that is the same in both. */
export function same(text: string): Named {
  return { en: text, zh: text };
}
