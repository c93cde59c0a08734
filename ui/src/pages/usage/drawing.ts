/** Makes what the service tells into what is drawn. */
import type { Series } from '../../parts/charts';
import type { By, Usage, UsagePoint } from '../../service/figures';
import { type Directory, distinctNames } from './names';
import { type Metric, offset, type Span } from './view';
import { t } from './words';

export interface Drawing {
  times: number[];
  series: Series[];
  stepMs: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** More than these cannot be told apart by eye. */
const MOST = 6;

type Figure = (point: UsagePoint) => number | null;

const FIGURES: Record<Metric, Figure> = {
  requests: point => point.requests,
  errors: point => point.errors,
  tokens: point => point.prompt_tokens + point.completion_tokens,
  first: point => point.first_token_p50_ms,
};

export function draw(usage: Usage, span: Span, metric: Metric, directory: Directory | null): Drawing {
  // A median cannot be added up, so it stays by the day however long the span is.
  const axis = span.monthly && metric !== 'first' ? months(span) : steps(span);
  const { times, stepMs, place } = axis;
  const line = (points: readonly UsagePoint[], figure: Figure) => {
    const values = new Array<number | null>(times.length).fill(metric === 'first' ? null : 0);
    for (const point of points) {
      const at = place(point.at);
      const value = figure(point);
      if (value === null || at < 0 || at >= times.length) continue;
      values[at] = metric === 'first' ? value : (values[at] ?? 0) + value;
    }
    return values;
  };
  const series =
    usage.by === 'none'
      ? parts(metric).map(one => ({
          ...one,
          values: line(usage.series[0]?.points ?? [], one.figure),
        }))
      : split(usage.series, usage.by, metric, directory, points => line(points, FIGURES[metric]));
  return { times, series, stepMs };
}

/** What stands upon each other when nothing is told apart by name. */
function parts(metric: Metric): (Omit<Series, 'values'> & { figure: Figure })[] {
  if (metric === 'requests') {
    return [
      { name: t('part.good'), tone: 'jade', figure: point => point.requests - point.errors },
      { name: t('part.errors'), tone: 'vermilion', figure: point => point.errors },
    ];
  }
  if (metric === 'tokens') {
    return [
      { name: t('part.in'), tone: 'indigo', figure: point => point.prompt_tokens },
      { name: t('part.out'), tone: 'jade', figure: point => point.completion_tokens },
    ];
  }
  const tone = metric === 'errors' ? 'vermilion' : 'jade';
  return [{ name: t(`metric.${metric}`), tone, figure: FIGURES[metric] }];
}

function split(
  all: Usage['series'],
  by: Exclude<By, 'none'>,
  metric: Metric,
  directory: Directory | null,
  line: (points: readonly UsagePoint[]) => (number | null)[],
): Series[] {
  const figure = metric === 'first' ? FIGURES.requests : FIGURES[metric];
  const weight = (points: readonly UsagePoint[]) => points.reduce((sum, one) => sum + (figure(one) ?? 0), 0);
  const ranked = all
    .map(one => ({ ...one, weight: weight(one.points) }))
    .filter(one => one.weight > 0)
    .sort((a, b) => b.weight - a.weight);
  const top = ranked.slice(0, MOST);
  const rest = ranked.slice(MOST);
  const names = distinctNames(
    by,
    top.map(one => one.name),
    directory,
  );
  const series: Series[] = top.map((one, index) => ({
    name: names[index] ?? one.name,
    values: line(one.points),
  }));
  if (rest.length > 0 && metric !== 'first') {
    series.push({
      name: t('other', { n: rest.length }),
      tone: 'soft',
      values: line(rest.flatMap(one => one.points)),
    });
  }
  return series;
}

interface Axis {
  times: number[];
  stepMs: number;
  /** Where in `times` a moment belongs. */
  place: (at: number) => number;
}

/** Each hour or day of the span, as the service counts them: also those without a call. */
function steps(span: Span): Axis {
  const size = span.step === 'hour' ? HOUR : DAY;
  const shift = span.step === 'hour' ? 0 : offset() * 60_000;
  const first = Math.floor((span.from + shift) / size) * size - shift;
  const count = Math.max(1, Math.ceil((span.to - first) / size));
  return {
    times: Array.from({ length: count }, (_, index) => first + index * size),
    stepMs: size,
    place: at => Math.floor((at - first) / size),
  };
}

function months(span: Span): Axis {
  const start = new Date(span.from);
  const number = (at: Date) => at.getFullYear() * 12 + at.getMonth();
  const first = number(start);
  const count = number(new Date(span.to - 1)) - first + 1;
  return {
    times: Array.from({ length: count }, (_, index) =>
      new Date(start.getFullYear(), start.getMonth() + index, 1).getTime(),
    ),
    stepMs: 30 * DAY,
    place: at => number(new Date(at)) - first,
  };
}
