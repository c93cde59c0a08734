import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { dateTime, number } from '../i18n/format';
import { language } from '../i18n/language';
import { t } from '../i18n/words';
import { dark } from '../theme';
import { CHART_TONES, type ChartProps } from './charts';
import { ErrorState } from './ErrorState';
import { dataOf, optionsOf } from './plotOptions';

type Kind = { kind: 'line' | 'bar' };

/** The drawing of a chart, with a legend that reads the point under the pointer or the one chosen by the arrow keys. */
export function Plot(props: ChartProps & Kind) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  const newest = useRef(props);
  newest.current = props;
  const shape = [
    props.kind,
    props.stacked,
    props.height,
    props.stepMs,
    props.series.map(one => one.name + one.tone).join(),
  ].join('|');

  // It is drawn anew only when its look changes; data follow below.
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    let gone = false;
    let watcher: ResizeObserver | undefined;
    import('./uplot')
      .then(({ Drawing, bars }) => {
        if (gone) return;
        const drawn = new Drawing(optionsOf(newest, element, bars, setAt), dataOf(newest.current), element);
        plot.current = drawn;
        watcher = new ResizeObserver(() =>
          drawn.setSize({ width: element.clientWidth, height: drawn.height }),
        );
        watcher.observe(element);
      })
      .catch(setFailure);
    return () => {
      gone = true;
      watcher?.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape, dark.value, language.value, turn]);

  // `times` and `series` are all that is drawn.
  useEffect(() => {
    plot.current?.setData(dataOf(props));
  }, [props.times, props.series]);

  const step = (event: KeyboardEvent) => {
    const to = stepped(event.key, at, props.times.length);
    if (to === undefined) return;
    event.preventDefault();
    setAt(to);
    const drawn = plot.current;
    const time = to === null ? undefined : props.times[to];
    const left = drawn === null || time === undefined ? -10 : drawn.valToPos(time / 1_000, 'x');
    drawn?.setCursor({ left, top: left < 0 ? -10 : 0 }, false);
  };

  if (failure != null) {
    const retry = () => {
      setFailure(null);
      setTurn(turn + 1);
    };
    return <ErrorState error={failure} title={t('error.page')} retry={retry} />;
  }
  return (
    <>
      <Legend {...props} at={at} />
      <div
        ref={frame}
        class="plot"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move through its points.
        tabIndex={0}
        aria-label={`${props.title}. ${props.summary} ${t('chart.keys')}`}
        style={{ minHeight: `${props.height ?? 220}px` }}
        onKeyDown={step}
        onBlur={() => setAt(null)}
      />
    </>
  );
}

function Legend({
  series,
  times,
  at,
  format = number,
  formatTime = dateTime,
}: ChartProps & { at: number | null }) {
  const time = at === null ? undefined : times[at];
  return (
    <div class="legend" aria-live="polite">
      {series.map((one, index) => {
        const value = at === null ? undefined : one.values[at];
        return (
          <span
            key={one.name}
            class={`legend-item chart-${one.tone ?? CHART_TONES[index % CHART_TONES.length]}`}
          >
            <span class="legend-mark" aria-hidden="true" />
            {one.name}
            {time !== undefined && <b>{value == null ? '–' : format(value)}</b>}
          </span>
        );
      })}
      {time !== undefined && <span class="legend-time">{formatTime(time)}</span>}
    </div>
  );
}

/** The point that a key leads to; undefined if the key means nothing here, null to leave. */
function stepped(key: string, at: number | null, count: number): number | null | undefined {
  if (key === 'ArrowLeft') return at === null ? count - 1 : Math.max(0, at - 1);
  if (key === 'ArrowRight') return at === null ? 0 : Math.min(count - 1, at + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return key === 'Escape' ? null : undefined;
}
