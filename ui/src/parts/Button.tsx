import type { ComponentChildren, Ref } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/words';
import { classes } from './classes';
import { Icon, type IconName } from './Icon';
import { toast } from './Toast';
import { told } from './told';

export type ButtonVariant = 'plain' | 'primary' | 'danger' | 'quiet';

interface ButtonProps {
  children: ComponentChildren;
  /** What it does. While a promise is under way the button is busy; its failure is told in a toast. */
  onPress?: () => unknown;
  variant?: ButtonVariant;
  icon?: IconName;
  type?: 'button' | 'submit';
  busy?: boolean;
  disabled?: boolean;
  small?: boolean;
  class?: string;
  buttonRef?: Ref<HTMLButtonElement>;
  /** For buttons whose words do not say what they act on. */
  label?: string;
  expanded?: boolean;
}

export function Button(props: ButtonProps) {
  const {
    children,
    onPress,
    variant = 'plain',
    icon,
    type = 'button',
    disabled,
    small,
    label,
    expanded,
  } = props;
  const press = usePress(onPress);
  const busy = props.busy === true || press.busy;
  return (
    <button
      ref={props.buttonRef}
      type={type}
      class={classes('button', `button-${variant}`, small && 'button-small', props.class)}
      disabled={disabled}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      aria-label={label}
      aria-expanded={expanded}
      onClick={event => {
        if (busy) event.preventDefault();
        else press.run();
      }}
    >
      {busy ? <span class="turning" aria-hidden="true" /> : icon && <Icon name={icon} size={16} />}
      <span>{children}</span>
      {busy && <span class="unseen">{t('busy')}</span>}
    </button>
  );
}

interface IconButtonProps {
  icon: IconName;
  /** What it does, for everybody who does not know the drawing. */
  label: string;
  onPress?: () => unknown;
  disabled?: boolean;
  pressed?: boolean;
  expanded?: boolean;
  class?: string;
  buttonRef?: Ref<HTMLButtonElement>;
}

/** A button that is only a drawing; its label is its tooltip and its name. */
export function IconButton(props: IconButtonProps) {
  const { icon, label, onPress, disabled, pressed, expanded } = props;
  const press = usePress(onPress);
  return (
    <button
      ref={props.buttonRef}
      type="button"
      class={classes('icon-button', props.class)}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-busy={press.busy || undefined}
      disabled={disabled}
      onClick={() => !press.busy && press.run()}
    >
      {press.busy ? <span class="turning" aria-hidden="true" /> : <Icon name={icon} />}
    </button>
  );
}

function usePress(onPress: (() => unknown) | undefined) {
  const [busy, setBusy] = useState(false);
  const there = useRef(true);
  useEffect(() => {
    there.current = true;
    return () => {
      there.current = false;
    };
  }, []);
  const run = () => {
    const work = onPress?.();
    if (!(work instanceof Promise)) return;
    setBusy(true);
    work
      .catch((error: unknown) => toast(told(error), 'bad'))
      .finally(() => {
        if (there.current) setBusy(false);
      });
  };
  return { busy, run };
}
