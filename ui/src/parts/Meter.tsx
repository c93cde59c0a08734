import { number, percent } from '../i18n/format';
import { t } from '../i18n/words';

interface MeterProps {
  label: string;
  used: number;
  /** null or undefined: there is no limit. */
  limit: number | null | undefined;
  format?: (value: number) => string;
}

/** How much of a limit is used. */
export function Meter({ label, used, limit, format = number }: MeterProps) {
  if (limit == null) {
    return (
      <div class="meter">
        <span class="meter-label">{label}</span>
        <span class="meter-value">{t('meter.free', { used: format(used) })}</span>
      </div>
    );
  }
  const share = limit <= 0 ? 1 : Math.min(1, used / limit);
  const tone = share >= 1 ? 'vermilion' : share >= 0.8 ? 'ochre' : 'jade';
  const text = t('meter.of', { used: format(used), limit: format(limit) });
  return (
    <div
      class={`meter tone-${tone}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={limit}
      aria-valuenow={Math.min(used, limit)}
      aria-valuetext={`${text} (${percent(share)})`}
    >
      <span class="meter-label">{label}</span>
      <span class="meter-value">{text}</span>
      <span class="meter-bar">
        <span class="meter-fill" style={{ width: `${share * 100}%` }} />
      </span>
    </div>
  );
}
