import { latency, NOTHING, number, percent, tokens } from '../../i18n/format';
import { Stat } from '../../parts/Stat';
import type { Percentiles, UsageTotal } from '../../service/figures';
import { t } from './words';

/** The whole of the range in a few figures. */
export function Figures({ total }: { total: UsageTotal }) {
  const share = total.requests === 0 ? null : total.errors / total.requests;
  return (
    <dl class="stats">
      <Stat label={t('stat.requests')} value={number(total.requests)} />
      <Stat
        label={t('stat.errors')}
        value={number(total.errors)}
        note={share === null ? null : t('stat.share', { share: percent(share) })}
      />
      <Stat label={t('stat.in')} value={tokens(total.prompt_tokens)} />
      <Stat
        label={t('stat.out')}
        value={tokens(total.completion_tokens)}
        note={
          total.reasoning_tokens > 0 ? t('stat.reasoning', { n: tokens(total.reasoning_tokens) }) : undefined
        }
      />
      <Time label={t('stat.first')} times={total.first_token_ms} />
      <Time label={t('stat.total')} times={total.total_ms} />
    </dl>
  );
}

function Time({ label, times }: { label: string; times: Percentiles | null }) {
  if (times === null) return <Stat label={label} value={NOTHING} />;
  const [value = '', unit] = latency(times.p50).split(/ (?=\D+$)/);
  return (
    <Stat
      label={label}
      value={value}
      unit={unit}
      note={t('stat.median', { p95: latency(times.p95).replace(' ', '\u00a0') })}
    />
  );
}
