import type { ComponentChildren } from 'preact';
import type { Tone } from './Badge';
import { classes } from './classes';
import { Sparkline } from './Sparkline';

interface StatProps {
  label: string;
  value: ComponentChildren;
  unit?: string;
  /** A small line under the figure. */
  note?: ComponentChildren;
  trend?: readonly (number | null)[];
  tone?: Tone;
}

/** One big figure, what it counts, and how it went lately. Several stand in a `<dl class="stats">`. */
export function Stat({ label, value, unit, note, trend, tone }: StatProps) {
  return (
    <div class={classes('stat', tone && `tone-${tone}`)}>
      <dt>{label}</dt>
      <dd class="stat-value">
        {value}
        {unit && <span class="stat-unit">{unit}</span>}
      </dd>
      {note != null && <dd class="stat-note">{note}</dd>}
      {trend && (
        <dd class="stat-trend">
          <Sparkline values={trend} {...(tone ? { tone } : {})} />
        </dd>
      )}
    </div>
  );
}
