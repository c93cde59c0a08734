import './paste.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../parts/Button';
import { Select } from '../../parts/choices';
import { Field } from '../../parts/Field';
import { TextInput } from '../../parts/inputs';
import { Notice } from '../../parts/Notice';
import { told, toldOf } from '../../parts/told';
import { useAction } from '../../parts/useAction';
import { useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import { ServiceError } from '../../service/problem';
import type { Account, AccountLimits, Pasted, Served, Taken } from '../../service/types';
import { put, SLOW_MS } from './actions';
import { nameless } from './EditForm';
import { providerName } from './Facts';
import { FileChoice, type Held, hold } from './FileChoice';
import { HowTo } from './HowTo';
import { LimitsFields } from './LimitsFields';
import { t } from './pasteWords';
import { Reading } from './Reading';
import { useDefaults } from './useDefaults';
import { asksWhose, usePreview } from './usePreview';

interface PasteFormProps {
  /** The account whose sign-in is to be renewed. */
  renewing?: Account | null;
  onTaken: (taken: Taken) => void;
}

/** Takes in whatever its owner can copy, says at once what it is, and saves it. */
export function PasteForm({ renewing = null, onTaken }: PasteFormProps) {
  const form = usePasteForm(renewing, onTaken);
  const { preview, saving } = form;
  const error = saving.error;
  return (
    <form
      class="paste-form"
      noValidate
      autocomplete="off"
      onSubmit={event => {
        event.preventDefault();
        void saving.run();
      }}
      onDragOver={event => event.preventDefault()}
      onDrop={event => {
        const file = event.dataTransfer?.files[0];
        if (file === undefined) return;
        event.preventDefault();
        form.take(file);
      }}
    >
      <div class="paste-left stack">
        {renewing !== null && <p class="note">{t('renew.hint')}</p>}
        <div class="paste-field stack">
          {form.held === null && (
            <Field
              label={t('field.paste')}
              hint={t('field.paste.hint')}
              error={toldOf(error, 'paste') ?? form.fileError}
            >
              {tie => (
                <textarea
                  {...tie}
                  ref={form.area}
                  class="input code paste-area"
                  rows={8}
                  autocomplete="off"
                  autocapitalize="none"
                  spellcheck={false}
                  placeholder={t('field.paste.placeholder')}
                  onInput={event => form.setText(event.currentTarget.value)}
                />
              )}
            </Field>
          )}
          <FileChoice held={form.held} onFile={form.take} onRemove={form.clear} />
          {form.held !== null && toldOf(error, 'paste') !== null && (
            <Notice tone="vermilion">{toldOf(error, 'paste')}</Notice>
          )}
        </div>
        {form.asksProvider && (
          <Select
            label={t('field.provider')}
            value={form.provider}
            onChange={form.setProvider}
            error={toldOf(error, 'provider')}
            choices={[
              { value: '', label: t('field.provider.any') },
              ...form.providers.map(one => ({ value: one.id, label: one.name })),
            ]}
          />
        )}
        {renewing === null && <Extras form={form} />}
        {nameless(error, /^(paste|provider|name|limits)/) && <Notice tone="vermilion">{told(error)}</Notice>}
        <div class="paste-end">
          <Button type="submit" variant="primary" busy={saving.busy} disabled={form.paste.trim() === ''}>
            {t(renewing === null ? 'save' : 'save.renew')}
          </Button>
          <p class="note">{t('secret')}</p>
        </div>
      </div>
      <div class="paste-right stack">
        <Reading preview={preview} nameOf={form.nameOf} wanted={renewing?.id ?? null} />
        <HowTo kind={renewing !== null && renewing.provider !== 'qianwen' ? 'key' : 'qianwen'} />
      </div>
    </form>
  );
}

type PasteState = ReturnType<typeof usePasteForm>;

function Extras({ form }: { form: PasteState }) {
  const defaults = useDefaults();
  return (
    <>
      <TextInput
        label={t('field.name')}
        hint={t('field.name.hint')}
        optional
        value={form.name}
        maxLength={60}
        onChange={form.setName}
        error={toldOf(form.saving.error, 'name')}
      />
      <details class="paste-limits" open={isOf(form.saving.error, 'limits') || undefined}>
        <summary>{t('limits')}</summary>
        <LimitsFields
          value={form.limits}
          defaults={defaults}
          onChange={form.setLimits}
          error={form.saving.error}
        />
      </details>
    </>
  );
}

function isOf(error: unknown, field: string): boolean {
  return error instanceof ServiceError && error.param?.startsWith(field) === true;
}

function usePasteForm(renewing: Account | null, onTaken: (taken: Taken) => void) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [held, setHeld] = useState<Held | null>(null);
  const [fileError, setFileError] = useState<string | null>(null);
  const [chosen, setProvider] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const [name, setName] = useState('');
  const [limits, setLimits] = useState<AccountLimits>({});
  const served = useResource(signal => ask<Served>('/admin/api/models', { signal }));
  const provider = chosen ?? renewing?.provider ?? '';
  const paste = held?.text ?? text;
  const preview = usePreview(paste, provider);
  const clear = () => {
    if (area.current !== null) area.current.value = '';
    setText('');
    setHeld(null);
    setFileError(null);
  };
  const saving = useAction(async () => {
    const body: Pasted = {
      paste,
      ...(provider === '' ? {} : { provider }),
      ...(name.trim() === '' ? {} : { name }),
      ...(Object.keys(limits).length === 0 ? {} : { limits }),
    };
    const taken = await ask<Taken>('/admin/api/accounts', { method: 'POST', body, timeoutMs: SLOW_MS });
    clear();
    put(taken.account);
    onTaken(taken);
  });
  // Once the service has asked whose it is, the question stays until the form is left.
  useEffect(() => {
    if (asksWhose(preview.error) || asksWhose(saving.error)) setAsked(true);
  }, [preview.error, saving.error]);
  // A dialog puts the focus on its first button, which closes it.
  useEffect(() => {
    const timer = setTimeout(() => area.current?.closest('dialog') && area.current.focus());
    return () => clearTimeout(timer);
  }, []);
  // Whatever the way out, the field keeps nothing of the secret.
  useEffect(() => clear, []);
  const providers = (served.data?.providers ?? []).filter(one => one.id !== 'demo');
  const nameOf = (id: string) => providers.find(one => one.id === id)?.name ?? providerName(id);
  const take = (file: File) => {
    setFileError(null);
    hold(file)
      .then(setHeld)
      .catch((problem: unknown) => setFileError(told(problem)));
  };
  const asksProvider = asked || provider !== '';
  return {
    ...{ area, held, fileError, paste, preview, saving, name, limits, provider, providers, asksProvider },
    ...{ setText, setName, setLimits, setProvider, nameOf, take, clear },
  };
}
