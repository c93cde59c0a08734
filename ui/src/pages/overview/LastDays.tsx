import { computed } from '@preact/signals';
import { useState } from 'preact/hooks';
import { compact, day, hour, latency, number, percent } from '../../i18n/format';
import { BarChart } from '../../parts/charts';
import { Segmented } from '../../parts/choices';
import { Loaded } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { useResource } from '../../parts/useResource';
import { link } from '../../router';
import { ask } from '../../service/client';
import { now } from '../../service/clock';
import type { Usage, UsageQuery } from '../../service/figures';
import { t } from './words';

type Range = 'day' | 'week';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Asked anew this often; the live state does not hold it. */
const turn = computed(() => Math.floor(now.value / 60_000));

/** What was asked in the last day or week. */
export function LastDays() {
  const [range, setRange] = useState<Range>('day');
  const usage = useResource(
    signal => ask<Usage>('/admin/api/usage', { query: queryOf(range), signal }),
    [range, turn.value],
  );
  const choices = (['day', 'week'] as const).map(value => ({ value, label: t(`range.${value}`) }));
  return (
    <Section
      title={t('days.title')}
      actions={<Segmented label={t('days.range')} value={range} choices={choices} onChange={setRange} />}
    >
      <Loaded resource={usage} lines={5}>
        {data => <Shown usage={data} />}
      </Loaded>
    </Section>
  );
}

function queryOf(range: Range): UsageQuery {
  const at = now.peek();
  const offset = -new Date(at).getTimezoneOffset();
  if (range === 'day') {
    const end = Math.ceil(at / HOUR) * HOUR;
    return { from: end - 24 * HOUR, to: end, step: 'hour', by: 'none', offset };
  }
  const end = new Date(at).setHours(24, 0, 0, 0);
  return { from: end - 7 * DAY, to: end, step: 'day', by: 'none', offset };
}

function Shown({ usage }: { usage: Usage }) {
  const step = usage.step === 'hour' ? HOUR : DAY;
  const points = usage.series[0]?.points ?? [];
  const total = usage.totals[0];
  const times = Array.from(
    { length: Math.round((usage.to - usage.from) / step) },
    (_, index) => usage.from + index * step,
  );
  const at = (time: number) => points.find(point => point.at >= time && point.at < time + step);
  const summary = t('days.summary', { requests: total?.requests ?? 0, errors: total?.errors ?? 0 });
  return (
    <>
      <BarChart
        key={usage.step}
        title={t('days.title')}
        summary={summary}
        times={points.length === 0 ? [] : times}
        series={[
          { name: t('days.answered'), values: times.map(time => answered(at(time))), tone: 'jade' },
          { name: t('now.errors'), values: times.map(time => at(time)?.errors ?? 0), tone: 'vermilion' },
        ]}
        stacked
        stepMs={step}
        format={number}
        formatTime={time => (usage.step === 'hour' ? `${day(time)} ${hour(time)}` : day(time))}
        height={180}
      />
      {total && (
        <dl class="figures">
          <Figure label={t('now.requests')} value={number(total.requests)} />
          <Figure
            label={t('days.failed')}
            value={percent(total.requests === 0 ? 0 : total.errors / total.requests)}
          />
          <Figure label={t('days.in')} value={compact(total.prompt_tokens)} />
          <Figure label={t('days.out')} value={compact(total.completion_tokens)} />
          <Figure label={t('days.first')} value={latency(total.first_token_ms?.p50)} />
          <Figure label={t('days.slow')} value={latency(total.first_token_ms?.p95)} />
        </dl>
      )}
      <p>
        <a href={link('usage')}>{t('days.more')}</a>
      </p>
    </>
  );
}

function answered(point: Usage['series'][number]['points'][number] | undefined): number {
  return point === undefined ? 0 : Math.max(0, point.requests - point.errors);
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
