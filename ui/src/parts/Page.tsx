import type { ComponentChildren } from 'preact';

interface PageProps {
  title: string;
  /** One sentence under the title. */
  lead?: ComponentChildren;
  /** Buttons beside the title. */
  actions?: ComponentChildren;
  children?: ComponentChildren;
}

/** A page: its heading, which takes the focus when the reader comes here, and what stands under it. */
export function Page({ title, lead, actions, children }: PageProps) {
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          {lead != null && <p class="lead">{lead}</p>}
        </div>
        {actions != null && <div class="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
