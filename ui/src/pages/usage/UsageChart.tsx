import { useMemo } from 'preact/hooks';
import { compact, date, day, hour, latency, number, tokens } from '../../i18n/format';
import { language, tag } from '../../i18n/language';
import { BarChart, LineChart } from '../../parts/charts';
import type { Usage } from '../../service/figures';
import { type Drawing, draw } from './drawing';
import type { Directory } from './names';
import type { Metric, Span } from './view';
import { t } from './words';

interface UsageChartProps {
  usage: Usage;
  span: Span;
  metric: Metric;
  /** The median over the whole span. */
  median: number | null;
  directory: Directory | null;
}

/** Counts as bars that stand upon each other; times, which cannot be added up, as lines. */
export function UsageChart({ usage, span, metric, median, directory }: UsageChartProps) {
  const drawing = useMemo(
    () => draw(usage, span, metric, directory),
    [usage, span, metric, directory, language.value],
  );
  const sums = summed(drawing);
  const total = sums.reduce((sum, one) => sum + one, 0);
  if (metric === 'errors' && total === 0) return <p class="usage-well">{t('chart.none')}</p>;

  const written = metric === 'first' ? latency : metric === 'tokens' ? tokens : number;
  const formatTime = timeFormat(span, metric);
  const title = t('chart.title', {
    metric: t(`metric.${metric}`),
    from: date(span.from),
    to: date(span.to - 1),
  });
  const top = Math.max(0, ...sums);
  const summary =
    metric === 'first'
      ? t('chart.first', { median: latency(median) })
      : t('chart.sum', {
          total: written(total),
          top: written(top),
          time: formatTime(drawing.times[sums.indexOf(top)] ?? span.from),
        });
  const shared = { ...drawing, title, summary, formatTime, height: 280 };
  return metric === 'first' ? (
    <LineChart {...shared} format={latency} />
  ) : (
    <BarChart {...shared} stacked format={value => (value < 10_000 ? number(value) : compact(value))} />
  );
}

function summed({ times, series }: Drawing): number[] {
  return times.map((_, index) => series.reduce((sum, one) => sum + (one.values[index] ?? 0), 0));
}

function timeFormat(span: Span, metric: Metric): (at: number) => string {
  if (span.step === 'hour') return at => `${day(at)} ${hour(at)}`;
  if (span.monthly && metric !== 'first') {
    const format = new Intl.DateTimeFormat(tag(), { year: 'numeric', month: 'long' });
    return at => format.format(at);
  }
  return date;
}
