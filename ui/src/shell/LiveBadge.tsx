import { moment } from '../i18n/format';
import { t } from '../i18n/words';
import { Icon } from '../parts/Icon';
import { now } from '../service/clock';
import { freshness, reconnect } from '../service/live';

/** Whether what is shown is still so. */
export function LiveBadge() {
  const fresh = freshness.value;
  if (fresh.kind === 'stale') {
    return (
      <button type="button" class="live live-stale" onClick={reconnect} title={t('live.now')}>
        <Icon name="refresh" size={14} />
        <span role="status">{t('live.stale', { time: moment(fresh.since, now.peek()) })}</span>
      </button>
    );
  }
  return (
    <span class={`live live-${fresh.kind}`} role="status">
      <span class="live-mark" aria-hidden="true" />
      {t(`live.${fresh.kind}`)}
    </span>
  );
}
