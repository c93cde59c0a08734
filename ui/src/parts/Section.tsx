import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { classes } from './classes';

interface SectionProps {
  title: string;
  /** A sentence under the heading. */
  note?: ComponentChildren;
  actions?: ComponentChildren;
  class?: string;
  id?: string;
  children?: ComponentChildren;
}

/** A part of a page under a hairline and a small heading. */
export function Section({ title, note, actions, class: extra, id, children }: SectionProps) {
  const own = useId();
  return (
    <section class={classes('section', extra)} aria-labelledby={own} id={id}>
      <header class="section-head">
        <h2 id={own}>{title}</h2>
        {actions != null && <div class="section-actions">{actions}</div>}
      </header>
      {note != null && <p class="note">{note}</p>}
      {children}
    </section>
  );
}
