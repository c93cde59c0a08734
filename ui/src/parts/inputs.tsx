import type { Ref } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/words';
import { IconButton } from './Button';
import { Field, type FieldProps } from './Field';

interface Common<V> extends FieldProps {
  value: V;
  onChange: (value: V) => void;
  disabled?: boolean;
  required?: boolean;
  name?: string;
}

interface TextInputProps extends Common<string> {
  type?: 'text' | 'search' | 'url' | 'date' | 'datetime-local';
  placeholder?: string;
  autocomplete?: string;
  /** For names, keys and code: no spelling, no capitals. */
  code?: boolean;
  maxLength?: number;
  list?: string;
  inputRef?: Ref<HTMLInputElement>;
}

export function TextInput(props: TextInputProps) {
  return (
    <Field {...props}>
      {tie => (
        <input
          {...tie}
          ref={props.inputRef}
          class="input"
          type={props.type ?? 'text'}
          name={props.name}
          value={props.value}
          placeholder={props.placeholder}
          disabled={props.disabled}
          required={props.required}
          maxLength={props.maxLength}
          list={props.list}
          autocomplete={props.autocomplete ?? 'off'}
          {...(props.code ? { spellcheck: false, autocapitalize: 'none' } : {})}
          onInput={event => props.onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

const SEEN = { type: 'text' } as const;
const UNSEEN = { type: 'password' } as const;

/** A secret: hidden until its writer wants to see it. */
export function SecretInput(props: Omit<TextInputProps, 'type' | 'code' | 'list'>) {
  const [seen, setSeen] = useState(false);
  return (
    <Field {...props}>
      {tie => (
        <div class="input-with">
          <input
            {...tie}
            ref={props.inputRef}
            class="input code"
            {...(seen ? SEEN : UNSEEN)}
            name={props.name}
            value={props.value}
            placeholder={props.placeholder}
            disabled={props.disabled}
            required={props.required}
            autocomplete={props.autocomplete ?? 'off'}
            spellcheck={false}
            autocapitalize="none"
            onInput={event => props.onChange(event.currentTarget.value)}
          />
          <IconButton
            icon={seen ? 'eyeOff' : 'eye'}
            label={seen ? t('action.hide') : t('action.show')}
            pressed={seen}
            onPress={() => setSeen(!seen)}
          />
        </div>
      )}
    </Field>
  );
}

interface TextAreaProps extends Common<string> {
  rows?: number;
  placeholder?: string;
  code?: boolean;
  areaRef?: Ref<HTMLTextAreaElement>;
  onKeyDown?: (event: KeyboardEvent) => void;
}

export function TextArea(props: TextAreaProps) {
  return (
    <Field {...props}>
      {tie => (
        <textarea
          {...tie}
          ref={props.areaRef}
          class={props.code ? 'input code' : 'input'}
          name={props.name}
          rows={props.rows ?? 4}
          value={props.value}
          placeholder={props.placeholder}
          disabled={props.disabled}
          required={props.required}
          {...(props.code ? { spellcheck: false, autocapitalize: 'none' } : {})}
          onInput={event => props.onChange(event.currentTarget.value)}
          onKeyDown={props.onKeyDown}
        />
      )}
    </Field>
  );
}

interface NumberInputProps extends Common<number | null> {
  min?: number;
  max?: number;
  step?: number;
  placeholder?: string;
  /** What is counted, shown behind the number. */
  unit?: string;
}

/** A number, or nothing. */
export function NumberInput(props: NumberInputProps) {
  return (
    <Field {...props}>
      {tie => (
        <div class="input-with">
          <input
            {...tie}
            class="input"
            type="number"
            inputMode="numeric"
            name={props.name}
            value={props.value ?? ''}
            min={props.min}
            max={props.max}
            step={props.step ?? 1}
            placeholder={props.placeholder}
            disabled={props.disabled}
            required={props.required}
            onInput={event => {
              const { value, valueAsNumber } = event.currentTarget;
              props.onChange(value === '' || Number.isNaN(valueAsNumber) ? null : valueAsNumber);
            }}
          />
          {props.unit && <span class="input-unit">{props.unit}</span>}
        </div>
      )}
    </Field>
  );
}
