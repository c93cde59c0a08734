import type { Tone } from './Badge';

interface SparklineProps {
  values: readonly (number | null)[];
  tone?: Tone;
  width?: number;
  height?: number;
}

/** A line without scales, beside a figure that says the same; it is not read aloud. */
export function Sparkline({ values, tone = 'jade', width = 120, height = 28 }: SparklineProps) {
  const known = values.map(value => value ?? 0);
  const top = Math.max(...known, 1e-9);
  const step = width / Math.max(1, known.length - 1);
  const y = (value: number) => height - 2 - (value / top) * (height - 5);
  const line = known.map(
    (value, index) => `${index === 0 ? 'M' : 'L'}${(index * step).toFixed(1)} ${y(value).toFixed(1)}`,
  );
  const last = known[known.length - 1] ?? 0;
  return (
    <svg
      class={`sparkline tone-${tone}`}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path class="sparkline-area" d={`${line.join('')}L${width} ${height}L0 ${height}Z`} />
      <path class="sparkline-line" d={line.join('')} vector-effect="non-scaling-stroke" />
      <path
        class="sparkline-end"
        d={`M${width - 0.1} ${y(last).toFixed(1)}h.1`}
        vector-effect="non-scaling-stroke"
      />
    </svg>
  );
}
