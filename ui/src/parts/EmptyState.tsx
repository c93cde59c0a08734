import type { ComponentChildren } from 'preact';

interface EmptyStateProps {
  title: string;
  /** Why nothing is here and how something gets here. */
  children?: ComponentChildren;
  actions?: ComponentChildren;
}

/** Says why nothing is here, and what to do about that. */
export function EmptyState({ title, children, actions }: EmptyStateProps) {
  return (
    <div class="empty">
      <svg class="empty-drawing" viewBox="0 0 160 48" aria-hidden="true">
        <path class="empty-deck" d="M4 14h152" />
        <path
          class="empty-arches"
          d="M12 46V36a18 18 0 0 1 36 0v10M62 46V36a18 18 0 0 1 36 0v10M112 46V36a18 18 0 0 1 36 0v10"
        />
      </svg>
      <p class="empty-title">{title}</p>
      {children != null && <div class="empty-text">{children}</div>}
      {actions != null && <div class="empty-actions">{actions}</div>}
    </div>
  );
}
