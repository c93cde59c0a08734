import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../i18n/words';
import { classes } from './classes';
import { Icon } from './Icon';
import { Said } from './Said';

/** What ties an input to its label, hint and error. */
export interface FieldTie {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': boolean | undefined;
}

export interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  error?: string | null;
  optional?: boolean;
  /** The label is only heard, as beside a search glass. */
  labelUnseen?: boolean;
  class?: string;
}

/** A label, an input, a hint and an error that belong together. */
export function Field(props: FieldProps & { children: (tie: FieldTie) => ComponentChildren }) {
  const { label, hint, error, optional, labelUnseen, children } = props;
  const id = useId();
  const described = [hint != null && `${id}-hint`, error && `${id}-error`].filter(one => one).join(' ');
  return (
    <div class={classes('field', error && 'field-wrong', props.class)}>
      <label for={id} class={labelUnseen ? 'unseen' : 'field-label'}>
        {label}
        {optional && <span class="field-optional">{t('optional')}</span>}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {hint != null && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <p class="field-error" id={`${id}-error`} role="alert">
        {error && (
          <>
            <Icon name="alert" size={15} />
            <Said text={error} />
          </>
        )}
      </p>
    </div>
  );
}
