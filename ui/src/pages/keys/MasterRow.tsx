import { Icon } from '../../parts/Icon';
import { useResource } from '../../parts/useResource';
import { link } from '../../router';
import { ask } from '../../service/client';
import type { MasterKey } from '../../service/types';
import { EMPTY } from '../usage/names';
import { t } from './words';

/** The owner's own key. If it cannot be asked for, the line still says what it is and where it is changed. */
export function MasterRow() {
  const master = useResource(signal => ask<MasterKey>('/admin/api/master-key', { signal }));
  const { data } = master;
  return (
    <section class="master" aria-labelledby="master-title">
      <Icon name="shield" size={22} />
      <div class="key-who">
        <h2 id="master-title">{t('yours')}</h2>
        <p class="key-line">
          <code>{data?.hint ?? 'qq-…'}</code>
          {data && <span class="note">{t(`yours.${data.source}`)}</span>}
        </p>
        <p class="note">{t('yours.note')}</p>
      </div>
      <p class="key-links">
        <a
          href={link('usage', null, { by: 'model', key: EMPTY })}
          aria-label={t('usage.of', { name: t('yours') })}
        >
          {t('usage')}
        </a>
        <a href={link('requests', null, { key: EMPTY })} aria-label={t('requests.of', { name: t('yours') })}>
          {t('requests')}
        </a>
        <a href={link('settings')}>{t('yours.change')}</a>
      </p>
    </section>
  );
}
