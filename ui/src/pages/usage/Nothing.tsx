import { t as shared } from '../../i18n/words';
import { Button } from '../../parts/Button';
import { EmptyState } from '../../parts/EmptyState';
import { Skeleton } from '../../parts/Skeleton';
import { useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import { currentTime } from '../../service/clock';
import type { Usage } from '../../service/figures';
import { NobodyAsked } from './NobodyAsked';
import { reportAddress, show, type View } from './view';
import { t } from './words';

const LONG = 790 * 86_400_000;

/** Nothing to show: says whether that is because of the filters, because of the time, or because nobody has asked yet. */
export function Nothing({ view }: { view: View }) {
  const filtered = Object.keys(view.filters).length > 0;
  const ever = useResource(signal => {
    const to = currentTime() + 86_400_000;
    const span = { from: to - LONG, to, step: 'day', monthly: true } as const;
    return ask<Usage>(reportAddress('usage', span, 'none', {}), { signal });
  });
  if (ever.data === null && ever.error === null) return <Skeleton lines={3} retry={ever.reload} />;
  const never = ever.data?.totals.every(total => total.requests === 0);
  if (never) {
    return <NobodyAsked title={t('empty')} text={t('empty.text')} />;
  }
  const wider = view.range !== '12m' && (
    <Button onPress={() => show({ range: '12m', from: '', to: '' })}>{t('empty.wider')}</Button>
  );
  return filtered ? (
    <EmptyState title={t('empty.filtered')} actions={wider}>
      {t('empty.filteredText')}
    </EmptyState>
  ) : (
    <EmptyState
      title={t('empty.range')}
      actions={wider || <Button onPress={ever.reload}>{shared('action.retry')}</Button>}
    >
      {t('empty.rangeText')}
    </EmptyState>
  );
}
