import { EmptyState } from '../../parts/EmptyState';
import { Page } from '../../parts/Page';
import { t } from './words';

export default function Keys() {
  return (
    <Page title={t('title')} lead={t('lead')}>
      <EmptyState title={t('empty')} />
    </Page>
  );
}
