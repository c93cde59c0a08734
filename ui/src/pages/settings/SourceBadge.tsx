import { t as shared } from '../../i18n/words';

/** Where a value comes from, in a word. */
export function SourceBadge({ source }: { source: string }) {
  return (
    <span class={`source source-${source.replace('.', '')}`}>{shared.maybe(`source.${source}`, source)}</span>
  );
}
