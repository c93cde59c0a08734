import { useId, useRef, useState } from 'preact/hooks';
import { dateTime } from '../../i18n/format';
import { t as shared } from '../../i18n/words';
import { Button } from '../../parts/Button';
import { Select } from '../../parts/choices';
import { Dialog } from '../../parts/Dialog';
import { NumberInput, TextInput } from '../../parts/inputs';
import { Notice } from '../../parts/Notice';
import { told, toldOf } from '../../parts/told';
import { useAction } from '../../parts/useAction';
import { currentTime } from '../../service/clock';
import { ServiceError } from '../../service/problem';
import type { Key } from '../../service/types';
import { dayText } from '../usage/view';
import {
  DAYS,
  type Draft,
  draftOf,
  type Ending,
  isPreset,
  LIMITS,
  PRESETS,
  type Wrong,
  withPreset,
  wrongIn,
} from './draft';
import { t } from './formWords';
import { ModelPicker } from './ModelPicker';

interface KeyFormProps {
  /** null: a new one. */
  of: Key | null;
  onSend: (draft: Draft) => Promise<void>;
  onClose: () => void;
}

interface PartProps {
  draft: Draft;
  change: (some: Partial<Draft>) => void;
  wrong: Wrong;
  error: unknown;
}

const FIELDS = ['name', 'models', 'expires', 'limits', ...LIMITS.map(name => `limits.${name}`)];

/** The dialog in which a key is made or changed. */
export function KeyForm({ of, onSend, onClose }: KeyFormProps) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState(() => draftOf(of));
  const [wrong, setWrong] = useState<Wrong>({});
  const action = useAction(onSend);
  const change = (some: Partial<Draft>) => {
    setDraft(last => ({ ...last, ...some }));
    setWrong({});
  };
  const send = async () => {
    const found = wrongIn(draft);
    setWrong(found);
    if (Object.keys(found).length === 0) await action.run(draft);
    // To the first field that is wrong, once it is marked.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  };
  const part = { draft, change, wrong, error: action.error };
  const elsewhere = action.error != null && !FIELDS.some(field => toldOf(action.error, field) !== null);
  return (
    <Dialog
      open
      class="key-dialog"
      title={of === null ? t('make') : t('edit', { name: of.name })}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{shared('action.cancel')}</Button>
          <Button variant="primary" busy={action.busy} onPress={() => form.current?.requestSubmit()}>
            {of === null ? t('make.do') : shared('action.save')}
          </Button>
        </>
      }
    >
      <form
        ref={form}
        id={id}
        class="stack"
        noValidate
        onSubmit={event => {
          event.preventDefault();
          void send();
        }}
      >
        {of === null && <Presets draft={draft} onPick={setDraft} />}
        <TextInput
          label={t('name')}
          hint={t('name.hint')}
          value={draft.name}
          maxLength={60}
          required
          onChange={name => change({ name })}
          error={wrong.name ? t('name.missing') : toldOf(action.error, 'name')}
        />
        <ModelPicker
          chosen={draft.models}
          onChange={models => change({ models })}
          error={toldOf(action.error, 'models')}
        />
        <Limits {...part} />
        <End {...part} of={of} />
        {elsewhere && <Notice tone="vermilion">{told(action.error)}</Notice>}
        <button type="submit" class="unseen" tabIndex={-1} aria-hidden="true" />
      </form>
    </Dialog>
  );
}

function Presets({ draft, onPick }: { draft: Draft; onPick: (draft: Draft) => void }) {
  return (
    <div class="presets" role="group" aria-label={t('presets')}>
      {PRESETS.map(preset => (
        <button
          key={preset}
          type="button"
          class="preset"
          aria-pressed={isPreset(draft, preset)}
          onClick={() => onPick(withPreset(draft, preset))}
        >
          <strong>{t(`preset.${preset}`)}</strong>
          <span>{t(`preset.${preset}.note`)}</span>
        </button>
      ))}
    </div>
  );
}

function Limits({ draft, change, wrong, error }: PartProps) {
  return (
    <fieldset class="key-limits">
      <legend class="field-label">{t('limits')}</legend>
      {LIMITS.map(name => (
        <NumberInput
          key={name}
          label={t(`limit.${name}`)}
          min={1}
          placeholder={t('free')}
          value={draft.limits[name]}
          onChange={value => change({ limits: { ...draft.limits, [name]: value } })}
          error={wrong[name] ? t('limit.wrong') : toldOf(error, `limits.${name}`)}
        />
      ))}
      <p class="field-hint">{t('limits.hint')}</p>
      {error instanceof ServiceError && error.param === 'limits' && (
        <Notice tone="vermilion">{toldOf(error, 'limits')}</Notice>
      )}
    </fieldset>
  );
}

function End({ draft, change, wrong, error, of }: PartProps & { of: Key | null }) {
  const kept = of?.expires ?? null;
  const endings: { value: Ending; label: string }[] = [
    ...(kept === null
      ? []
      : [{ value: 'keep' as const, label: t('expires.keep', { time: dateTime(kept) }) }]),
    { value: 'never', label: t('expires.never') },
    ...DAYS.map(days => ({ value: days, label: t('expires.days', { n: Number(days) }) })),
    { value: 'date', label: t('expires.date') },
  ];
  return (
    <div class="key-end">
      <Select
        label={t('expires')}
        value={draft.ending}
        choices={endings}
        onChange={ending => change({ ending, date: draft.date || dayText(currentTime() + 7 * 86_400_000) })}
        error={toldOf(error, 'expires')}
      />
      {draft.ending === 'date' && (
        <TextInput
          label={t('date')}
          type="date"
          value={draft.date}
          onChange={date => change({ date })}
          error={wrong.date ? t('date.missing') : null}
        />
      )}
    </div>
  );
}
