import { useId, useState } from 'preact/hooks';
import { Icon } from '../../parts/Icon';
import { NumberInput, TextArea } from '../../parts/inputs';
import { link } from '../../router';
import type { AccountLimits, Setting } from '../../service/types';
import { t } from './words';

interface EditorProps {
  name: string;
  title: string;
  value: unknown;
  error: string | null;
  onChange: (value: unknown) => void;
}

/** The editor that fits a setting; one that this page does not know is edited as JSON. */
export function Editor(props: EditorProps) {
  switch (props.name) {
    case 'pool.strategy':
      return <Choices {...props} choices={['least-busy', 'round-robin', 'fill-first']} />;
    case 'models.overflow':
      return <Choices {...props} choices={['refuse', 'trim']} />;
    case 'pool.queue_wait_s':
      return (
        <NumberInput
          label={props.title}
          labelUnseen
          value={typeof props.value === 'number' ? props.value : null}
          onChange={props.onChange}
          min={0}
          max={300}
          unit={t('seconds')}
          error={props.error}
        />
      );
    case 'accounts.limits':
      return <LimitsEditor {...props} />;
    default:
      return <JsonEditor {...props} />;
  }
}

/** A few words of which one holds, each with what it does. */
function Choices({ title, name, value, error, choices, onChange }: EditorProps & { choices: string[] }) {
  const id = useId();
  return (
    <fieldset class="setting-choices" aria-describedby={error === null ? undefined : `${id}-error`}>
      <legend class="unseen">{title}</legend>
      {choices.map(choice => (
        <label key={choice} class="setting-choice">
          <input
            type="radio"
            class="checkbox"
            name={id}
            value={choice}
            checked={choice === value}
            onChange={() => onChange(choice)}
          />
          <span>
            <strong>{t.maybe(`${name}.${choice}`, choice)}</strong> <code>{choice}</code>
            <span class="note">{t.maybe(`${name}.${choice}.means`, '')}</span>
          </span>
        </label>
      ))}
      <Fault id={`${id}-error`} error={error} />
    </fieldset>
  );
}

const LIMITS = [
  'concurrent',
  'requests_per_minute',
  'requests_per_day',
  'tokens_per_day',
  'weight',
] as const satisfies readonly (keyof AccountLimits)[];

function LimitsEditor({ title, value, error, onChange }: EditorProps) {
  const limits = (value ?? {}) as AccountLimits;
  const change = (field: keyof AccountLimits, to: number | null) => {
    const { [field]: _, ...rest } = limits;
    onChange(to === null ? rest : inOrder({ ...rest, [field]: to }));
  };
  return (
    <fieldset class="setting-limits">
      <legend class="unseen">{title}</legend>
      {LIMITS.map(field => (
        <NumberInput
          key={field}
          label={t(`limit.${field}`)}
          value={limits[field] ?? null}
          onChange={to => change(field, to)}
          min={1}
          max={field === 'weight' ? 1_000 : undefined}
          placeholder={field === 'weight' ? '1' : t('unlimited')}
        />
      ))}
      <Fault error={error} />
    </fieldset>
  );
}

// As the service writes them, so that an unchanged value is seen to be unchanged.
function inOrder(limits: AccountLimits): AccountLimits {
  return Object.fromEntries(
    LIMITS.filter(field => limits[field] !== undefined).map(field => [field, limits[field]]),
  );
}

function JsonEditor({ title, value, error, onChange }: EditorProps) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [wrong, setWrong] = useState(false);
  return (
    <TextArea
      label={title}
      labelUnseen
      value={text}
      code
      error={wrong ? t('notJson') : error}
      onChange={next => {
        setText(next);
        try {
          onChange(JSON.parse(next));
          setWrong(false);
        } catch {
          setWrong(true);
        }
      }}
    />
  );
}

function Fault({ id, error }: { id?: string; error: string | null }) {
  return (
    <p class="field-error" role="alert" id={id}>
      {error !== null && (
        <>
          <Icon name="alert" size={15} />
          {error}
        </>
      )}
    </p>
  );
}

const NAMES = ['models.aliases', 'models.hidden', 'models.routes'];

/** Whether a setting is edited where its models are. */
export function isNamesSetting(name: string): boolean {
  return NAMES.includes(name);
}

export function NamesSummary({ setting }: { setting: Setting }) {
  const count = Object.keys((setting.value ?? {}) as object).length;
  return (
    <p class="row">
      <span>{count === 0 ? t('noEntries') : t('entries', { n: count })}</span>
      <a href={link('models')}>{t('atModels')}</a>
    </p>
  );
}
