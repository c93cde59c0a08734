import { EmptyState } from '../../parts/EmptyState';
import { link } from '../../router';
import { t } from './words';

/** No call was made yet: says so in the page's own words, and shows the ways to a first one. */
export function NobodyAsked({ title, text }: { title: string; text: string }) {
  return (
    <EmptyState
      title={title}
      actions={
        <>
          <a class="button" href={link('playground')}>
            {t('empty.try')}
          </a>
          <a class="button" href={link('connect')}>
            {t('empty.connect')}
          </a>
        </>
      }
    >
      {text}
    </EmptyState>
  );
}
