import type { ComponentChildren } from 'preact';
import { toldBy } from '../i18n/said';

const ADDRESS = /(https?:\/\/[^\s<>"'`，。；、）)]*[^\s<>"'`，。；、）).,;:!?])/;

/** What the service says, in the page's language. The addresses in it can be followed; all else is text. */
export function Said({ text }: { text: string }): ComponentChildren {
  const told = toldBy(text);
  const words = told.text.split(ADDRESS).map((piece, index) =>
    index % 2 === 1 ? (
      <a key={piece} href={piece} target="_blank" rel="noopener noreferrer nofollow">
        {piece}
      </a>
    ) : (
      piece
    ),
  );
  return told.lang === undefined ? words : <span lang={told.lang}>{words}</span>;
}
