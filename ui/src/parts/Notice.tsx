import type { ComponentChildren } from 'preact';
import type { Tone } from './Badge';
import { classes } from './classes';
import { Icon } from './Icon';

interface NoticeProps {
  tone: Tone;
  title?: string;
  actions?: ComponentChildren;
  class?: string;
  children?: ComponentChildren;
}

/** A sentence that the reader should not miss, with what can be done about it. */
export function Notice({ tone, title, actions, children, class: extra }: NoticeProps) {
  const icon = tone === 'jade' ? 'check' : tone === 'soft' ? 'info' : tone === 'ochre' ? 'clock' : 'alert';
  return (
    <div class={classes('notice', `tone-${tone}`, extra)} role={tone === 'vermilion' ? 'alert' : undefined}>
      <Icon name={icon} />
      <div class="notice-text">
        {title && <strong>{title}</strong>}
        {children != null && <div>{children}</div>}
      </div>
      {actions != null && <div class="notice-actions">{actions}</div>}
    </div>
  );
}
