import { useId } from 'preact/hooks';
import { dateTime } from '../i18n/format';
import { t } from '../i18n/words';
import { Plot } from './Plot';

export type ChartTone = 'jade' | 'ochre' | 'vermilion' | 'ink' | 'indigo' | 'plum' | 'moss' | 'clay' | 'soft';

/** The order in which tones are given to series of which nobody says a tone. */
export const CHART_TONES: readonly ChartTone[] = [
  'jade',
  'indigo',
  'ochre',
  'plum',
  'moss',
  'clay',
  'ink',
  'soft',
];

export interface Series {
  name: string;
  values: readonly (number | null)[];
  tone?: ChartTone;
}

export interface ChartProps {
  /** What is drawn; the name of the chart. */
  title: string;
  /** One sentence that says what the drawing shows, for those who do not see it. */
  summary: string;
  /** The time of each point, in milliseconds. */
  times: readonly number[];
  series: readonly Series[];
  format?: (value: number) => string;
  /** How a time is written in the reading and the table. */
  formatTime?: (at: number) => string;
  height?: number;
  /** Series stand upon each other. */
  stacked?: boolean;
  /** Empty steps of time this long are drawn as gaps by bars. */
  stepMs?: number;
}

/** Lines over time. */
export function LineChart(props: ChartProps) {
  return <Chart {...props} kind="line" />;
}

/** Bars over time. */
export function BarChart(props: ChartProps) {
  return <Chart {...props} kind="bar" />;
}

function Chart(props: ChartProps & { kind: 'line' | 'bar' }) {
  const { title, summary, times, series, formatTime = dateTime, format = String } = props;
  const id = useId();
  const empty = times.length === 0 || series.every(one => one.values.every(value => value === null));
  if (empty) {
    return (
      <div class="chart chart-empty" style={{ minHeight: `${props.height ?? 220}px` }}>
        <p>{t('chart.empty')}</p>
      </div>
    );
  }
  return (
    <figure class="chart" aria-labelledby={id}>
      <figcaption id={id} class="unseen">
        {title}. {summary}
      </figcaption>
      <Plot {...props} />
      <table class="unseen">
        <caption>
          {title}: {t('chart.data')}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('chart.time')}</th>
            {series.map(one => (
              <th scope="col" key={one.name}>
                {one.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((at, index) => (
            <tr key={at}>
              <th scope="row">{formatTime(at)}</th>
              {series.map(one => {
                const value = one.values[index];
                return <td key={one.name}>{value == null ? '' : format(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
