import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n/words';
import { IconButton } from './Button';
import { classes } from './classes';
import { Toasts } from './Toast';

interface DialogProps {
  open: boolean;
  title: string;
  onClose: () => void;
  /** Buttons at the end. */
  actions?: ComponentChildren;
  wide?: boolean;
  /** Must not be left by Esc or a click beside it, as while a secret is shown that comes only once. */
  firm?: boolean;
  class?: string;
  children: ComponentChildren;
}

/** A dialog over the page. The browser keeps the focus in it; it goes back to where it was. */
export function Dialog(props: DialogProps) {
  return props.open ? <Shown {...props} kind="dialog" /> : null;
}

/** A dialog that comes in from the side, on a phone from below. */
export function Drawer(props: DialogProps) {
  return props.open ? <Shown {...props} kind="drawer" /> : null;
}

function Shown({
  title,
  onClose,
  actions,
  wide,
  firm,
  kind,
  children,
  class: extra,
}: DialogProps & { kind: string }) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const dialog = element.current;
    if (dialog !== null && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click beside it is a second way; Esc and the button are there.
    <dialog
      ref={element}
      class={classes(kind, wide && 'dialog-wide', extra)}
      aria-labelledby={id}
      onCancel={event => {
        // An inner file or date picker sends its own cancel, which is none of the dialog's business.
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        if (!firm) onClose();
      }}
      onClose={event => {
        const dialog = event.currentTarget;
        // A browser closes by itself what refused Esc once before; here only the page decides what is shown.
        if (event.target !== dialog || !dialog.isConnected || dialog.open) return;
        if (firm) dialog.showModal();
        else onClose();
      }}
      onClick={event => {
        if (!firm && event.target === event.currentTarget) onClose();
      }}
    >
      <div class="dialog-inside">
        <header class="dialog-head">
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label={t('action.close')} onPress={onClose} />
        </header>
        <div class="dialog-body">{children}</div>
        {actions != null && <footer class="dialog-actions">{actions}</footer>}
      </div>
      <Toasts />
    </dialog>
  );
}
