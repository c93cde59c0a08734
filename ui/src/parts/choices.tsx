import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { classes } from './classes';
import { Field, type FieldProps } from './Field';

export interface Choice<V extends string> {
  value: V;
  label: string;
  disabled?: boolean;
}

interface SelectProps<V extends string> extends FieldProps {
  value: V;
  choices: readonly Choice<V>[];
  onChange: (value: V) => void;
  disabled?: boolean;
  name?: string;
}

export function Select<V extends string>(props: SelectProps<V>) {
  return (
    <Field {...props}>
      {tie => (
        <div class="select">
          <select
            {...tie}
            class="input"
            name={props.name}
            value={props.value}
            disabled={props.disabled}
            onChange={event => props.onChange(event.currentTarget.value as V)}
          >
            {props.choices.map(choice => (
              <option key={choice.value} value={choice.value} disabled={choice.disabled}>
                {choice.label}
              </option>
            ))}
          </select>
        </div>
      )}
    </Field>
  );
}

interface TickProps {
  label: ComponentChildren;
  hint?: ComponentChildren;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  labelUnseen?: boolean;
}

export function Checkbox(props: TickProps) {
  return <Tick {...props} kind="checkbox" />;
}

/** Something that is on or off at once. */
export function Switch(props: TickProps) {
  return <Tick {...props} kind="switch" />;
}

function Tick({
  label,
  hint,
  checked,
  onChange,
  disabled,
  labelUnseen,
  kind,
}: TickProps & { kind: 'checkbox' | 'switch' }) {
  const id = useId();
  return (
    <div class="tick">
      <input
        id={id}
        class={kind}
        type="checkbox"
        role={kind === 'switch' ? 'switch' : undefined}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint == null ? undefined : `${id}-hint`}
        onChange={event => onChange(event.currentTarget.checked)}
      />
      <label for={id} class={classes(labelUnseen && 'unseen')}>
        {label}
      </label>
      {hint != null && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface SegmentedProps<V extends string> {
  label: string;
  value: V;
  choices: readonly Choice<V>[];
  onChange: (value: V) => void;
}

/** One of a few, all of them in sight. */
export function Segmented<V extends string>({ label, value, choices, onChange }: SegmentedProps<V>) {
  const name = useId();
  return (
    <fieldset class="segmented">
      <legend class="unseen">{label}</legend>
      {choices.map(choice => (
        <label key={choice.value} class="segment">
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            disabled={choice.disabled}
            onChange={() => onChange(choice.value)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
