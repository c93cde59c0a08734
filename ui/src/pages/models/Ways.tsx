import { t } from './words';

/** Who is asked, one after the other. */
export function Ways({ ways }: { ways: readonly string[] }) {
  if (ways.length === 0) return <span class="note">{t('ways.none')}</span>;
  return (
    <ol class="ways">
      {ways.map(way => {
        const cut = way.indexOf('/');
        return (
          <li key={way}>
            <span class="ways-provider">{way.slice(0, cut + 1)}</span>
            <code>{way.slice(cut + 1)}</code>
          </li>
        );
      })}
    </ol>
  );
}
