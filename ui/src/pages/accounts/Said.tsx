import { t } from './words';

const ADDRESS = /(https?:\/\/[^\s<>"'`，。；、）)]*[^\s<>"'`，。；、）).,;:!?])/;

/** A sentence of the service. The addresses in it can be followed; all else is text. */
export function Said({ text }: { text: string }) {
  const words = t.maybe(`said.${text}`, text);
  return (
    <>
      {words.split(ADDRESS).map((piece, index) =>
        index % 2 === 1 ? (
          <a key={piece} href={piece} target="_blank" rel="noopener noreferrer nofollow">
            {piece}
          </a>
        ) : (
          piece
        ),
      )}
    </>
  );
}
