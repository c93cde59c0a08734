import { number } from '../../i18n/format';
import { NumberInput } from '../../parts/inputs';
import { toldOf } from '../../parts/told';
import type { AccountLimits } from '../../service/types';
import { t } from './words';

const FIELDS = ['concurrent', 'requests_per_minute', 'requests_per_day', 'tokens_per_day', 'weight'] as const;

interface LimitsFieldsProps {
  value: AccountLimits;
  /** What holds where nothing is said. */
  defaults: AccountLimits;
  onChange: (value: AccountLimits) => void;
  error: unknown;
}

/** An account's own limits; an empty field shows the default that holds in its place. */
export function LimitsFields({ value, defaults, onChange, error }: LimitsFieldsProps) {
  const whole = toldOf(error, 'limits');
  return (
    <div class="stack">
      <div class="limits">
        {FIELDS.map(field => {
          const usual = defaults[field] ?? (field === 'weight' ? 1 : undefined);
          return (
            <NumberInput
              key={field}
              label={t(`limit.${field}`)}
              {...(field === 'weight' ? { hint: t('limit.weight.hint'), max: 1_000 } : {})}
              min={1}
              value={value[field] ?? null}
              placeholder={usual === undefined ? t('limit.none') : number(usual)}
              error={toldOf(error, `limits.${field}`)}
              onChange={next => onChange(changed(value, field, next))}
            />
          );
        })}
      </div>
      <p class="field-error" role="alert">
        {whole}
      </p>
    </div>
  );
}

function changed(value: AccountLimits, field: (typeof FIELDS)[number], next: number | null): AccountLimits {
  const { [field]: _, ...rest } = value;
  return next === null ? rest : { ...rest, [field]: next };
}
