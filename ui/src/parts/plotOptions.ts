import type uPlot from 'uplot';
import { compact } from '../i18n/format';
import { tag } from '../i18n/language';
import { CHART_TONES, type ChartProps } from './charts';

type Drawn = ChartProps & { kind: 'line' | 'bar' };

/** The data as they are drawn: series that stand upon each other come summed up, the topmost first. */
export function dataOf(props: Drawn): uPlot.AlignedData {
  const times = props.times.map(at => at / 1_000);
  if (!props.stacked) return [times, ...props.series.map(one => [...one.values])];
  const below = new Array<number>(times.length).fill(0);
  const summed = props.series.map(one =>
    one.values.map((value, index) => {
      below[index] = (below[index] ?? 0) + (value ?? 0);
      return below[index] ?? 0;
    }),
  );
  return [times, ...summed.reverse()];
}

export function optionsOf(
  newest: { current: Drawn },
  element: HTMLElement,
  bars: uPlot.Series.PathBuilder | undefined,
  onPoint: (index: number | null) => void,
): uPlot.Options {
  const props = newest.current;
  const colour = colours(element);
  const order = props.series.map(
    (one, index) => one.tone ?? CHART_TONES[index % CHART_TONES.length] ?? 'jade',
  );
  const tones = props.stacked ? [...order].reverse() : order;
  return {
    width: element.clientWidth,
    height: props.height ?? 220,
    padding: [10, 6, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: {
        size: 7,
        stroke: (_, index) => colour(tones[index - 1] ?? 'ink'),
        fill: colour('paper'),
        width: 2,
      },
    },
    scales: {
      x: { time: true, range: (_, from, to) => spread(newest.current, from, to) },
      y: { range: upward },
    },
    axes: [timeAxis(colour, props.stepMs ?? 0), valueAxis(colour, newest)],
    series: [{}, ...tones.map(tone => seriesOf(props, colour(tone), bars))],
    hooks: { setCursor: [drawn => onPoint(drawn.cursor.idx ?? null)] },
  };
}

function seriesOf(props: Drawn, stroke: string, bars: uPlot.Series.PathBuilder | undefined): uPlot.Series {
  if (props.kind === 'bar') {
    return { stroke, fill: stroke, width: 0, ...(bars ? { paths: bars } : {}), points: { show: false } };
  }
  const fill = props.stacked ? stroke : props.series.length === 1 ? wash(stroke) : undefined;
  return {
    stroke,
    width: 1.75,
    ...(fill ? { fill } : {}),
    points: { show: props.times.length < 2, size: 6 },
    spanGaps: false,
  };
}

/** Half a step more at either end, so that the outer bars are whole. */
function spread(props: Drawn, from: number, to: number): [number, number] {
  if (props.kind === 'line' && to > from) return [from, to];
  const step = (props.stepMs ?? 3_600_000) / 1_000;
  return [from - step / 2, to + step / 2];
}

/** From nothing up to a little above the highest; never a scale without height. */
function upward(_: uPlot, __: number, top: number | null): [number, number] {
  return [0, top == null || top <= 0 ? 1 : top * 1.08];
}

const DAY_S = 86_400;
/** Days between two marks; from thirty on uPlot takes them for months. */
const STEPS_OF_DAYS = [1, 2, 7, 14, 30, 60, 90, 180, 365];

function timeAxis(colour: Colour, stepMs: number): uPlot.Axis {
  return {
    // Where each point is a day, hours would be marked that nothing belongs to.
    ...(stepMs >= DAY_S * 1_000 ? { incrs: STEPS_OF_DAYS.map(days => days * DAY_S) } : {}),
    stroke: colour('soft'),
    font: FONT,
    size: 30,
    gap: 6,
    space: 70,
    grid: { show: false },
    ticks: { stroke: colour('line'), width: 1, size: 5 },
    values: (drawn, splits, __, ___, step) =>
      splits.map(at => (fits(drawn, at) ? label(at * 1_000, step) : '')),
  };
}

/** Half of what the widest label of a time needs. */
const HALF_LABEL = 24;

/** Whether a label under this time would not be cut off at the right edge. */
function fits(drawn: uPlot, at: number): boolean {
  return drawn.valToPos(at, 'x') <= drawn.over.clientWidth - HALF_LABEL + 6;
}

/** Round steps from one upwards: there is no half of a request. */
const WHOLE_STEPS = Array.from({ length: 13 }, (_, zeros) => [1, 2, 5].map(one => one * 10 ** zeros)).flat();

/** Whether only whole things are counted. */
function isWhole({ series }: Drawn): boolean {
  return series.every(one => one.values.every(value => value === null || Number.isInteger(value)));
}

function valueAxis(colour: Colour, newest: { current: Drawn }): uPlot.Axis {
  return {
    ...(isWhole(newest.current) ? { incrs: WHOLE_STEPS } : {}),
    stroke: colour('soft'),
    font: FONT,
    size: 54,
    gap: 4,
    space: 44,
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
    values: (_, splits) => splits.map(value => (newest.current.format ?? compact)(value)),
  };
}

const FONT = '12px system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif';

function label(at: number, stepSeconds: number): string {
  const options: Intl.DateTimeFormatOptions =
    stepSeconds >= DAY_S || new Date(at).getHours() + new Date(at).getMinutes() === 0
      ? { month: 'short', day: 'numeric' }
      : { hour: '2-digit', minute: '2-digit', hour12: false };
  return new Intl.DateTimeFormat(tag(), options).format(at);
}

type Colour = (name: string) => string;

/** The theme's colours as they are now. */
function colours(element: HTMLElement): Colour {
  const style = getComputedStyle(element);
  return name => style.getPropertyValue(`--${name}`).trim() || style.color;
}

function wash(stroke: string): string {
  return /^#[0-9a-f]{6}$/i.test(stroke) ? `${stroke}1f` : 'transparent';
}
