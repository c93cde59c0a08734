import { useState } from 'preact/hooks';
import { compact, hour, latency, number, percent, tokens } from '../../i18n/format';
import { LineChart, type Series } from '../../parts/charts';
import { Segmented } from '../../parts/choices';
import { Section } from '../../parts/Section';
import { Stat } from '../../parts/Stat';
import type { MinutePoint, State } from '../../service/figures';
import { t } from './words';

type Measure = 'requests' | 'tokens' | 'first';

/** The service now, and over the last hour. */
export function Figures({ state }: { state: State }) {
  const [measure, setMeasure] = useState<Measure>('requests');
  const { now } = state;
  // The minute that goes on would look like a fall, unless it is all there is yet.
  const past = state.minutes.slice(0, -1);
  const minutes = past.some(one => one.requests > 0) ? past : state.minutes;
  const choices = (['requests', 'tokens', 'first'] as const).map(value => ({
    value,
    label: t(`measure.${value}`),
  }));
  const ill = now.errors_minute > 0;
  return (
    <Section
      title={t('now.title')}
      actions={<Segmented label={t('now.measure')} value={measure} choices={choices} onChange={setMeasure} />}
    >
      <dl class="stats">
        <Stat
          label={t('now.requests')}
          value={number(now.requests_minute)}
          unit={t('now.perMinute')}
          note={t('now.today', { value: number(now.requests_today) })}
          trend={minutes.map(one => one.requests)}
        />
        <Stat
          label={t('now.tokens')}
          value={tokens(now.tokens_minute)}
          unit={t('now.perMinute')}
          note={t('now.today', { value: tokens(now.tokens_today) })}
          trend={minutes.map(one => one.tokens)}
        />
        <Stat
          label={t('now.first')}
          value={latency(now.first_token_p50_ms)}
          note={t('now.median')}
          trend={minutes.map(one => one.first_token_p50_ms)}
        />
        <Stat
          label={t('now.errors')}
          value={number(now.errors_minute)}
          unit={t('now.perMinute')}
          note={t('now.errorsToday', { value: number(now.errors_today), share: share(now) })}
          trend={minutes.map(one => one.errors)}
          {...(ill ? { tone: 'vermilion' } : {})}
        />
      </dl>
      <LastHour minutes={minutes} measure={measure} />
    </Section>
  );
}

function share({ errors_today, requests_today }: State['now']): string {
  return percent(requests_today === 0 ? 0 : errors_today / requests_today);
}

function LastHour({ minutes, measure }: { minutes: MinutePoint[]; measure: Measure }) {
  const sum = (of: (one: MinutePoint) => number) => minutes.reduce((all, one) => all + of(one), 0);
  const quiet = sum(one => one.requests) === 0;
  const summary = t('hour.summary', {
    requests: sum(one => one.requests),
    errors: sum(one => one.errors),
    tokens: compact(sum(one => one.tokens)),
  });
  return (
    <LineChart
      key={measure}
      title={t('hour.title')}
      summary={summary}
      times={quiet ? [] : minutes.map(one => one.at)}
      series={seriesOf(minutes, measure)}
      format={measure === 'first' ? latency : measure === 'tokens' ? compact : number}
      formatTime={hour}
      height={190}
    />
  );
}

function seriesOf(minutes: MinutePoint[], measure: Measure): Series[] {
  if (measure === 'tokens')
    return [{ name: t('now.tokens'), values: minutes.map(one => one.tokens), tone: 'jade' }];
  if (measure === 'first') {
    return [{ name: t('now.first'), values: minutes.map(one => one.first_token_p50_ms), tone: 'jade' }];
  }
  return [
    { name: t('now.requests'), values: minutes.map(one => one.requests), tone: 'jade' },
    { name: t('now.errors'), values: minutes.map(one => one.errors), tone: 'vermilion' },
  ];
}
