import { useEffect, useRef, useState } from 'preact/hooks';
import { said } from '../../i18n/said';
import { ActionForm } from '../../parts/ActionForm';
import { Button } from '../../parts/Button';
import { Segmented } from '../../parts/choices';
import { TextInput } from '../../parts/inputs';
import { Notice } from '../../parts/Notice';
import { toldOf } from '../../parts/told';
import { useAction } from '../../parts/useAction';
import { link } from '../../router';
import { ask } from '../../service/client';
import type { KeyMade, NewKey } from '../../service/types';
import { MaskedValue } from './Masked';
import { t } from './words';

interface KeyChoiceProps {
  appName: string;
  made: KeyMade | null;
  onMade: (made: KeyMade | null) => void;
}

/** A placeholder, or a key that is made here and now for this app. */
export function KeyChoice({ appName, made, onMade }: KeyChoiceProps) {
  const [kind, setKind] = useState<'placeholder' | 'make'>('placeholder');
  if (made !== null) return <Made made={made} onAnother={() => onMade(null)} />;
  return (
    <div class="stack">
      <div class="field">
        <span class="field-label" aria-hidden="true">
          {t('key')}
        </span>
        <Segmented
          label={t('key')}
          value={kind}
          choices={[
            { value: 'placeholder', label: t('placeholder') },
            { value: 'make', label: t('make') },
          ]}
          onChange={setKind}
        />
      </div>
      {kind === 'placeholder' ? (
        <p class="note">{t.rich('placeholderNote', { keys: <a href={link('keys')}>{t('keysPage')}</a> })}</p>
      ) : (
        <Maker key={appName} appName={appName} onMade={onMade} />
      )}
    </div>
  );
}

function Maker({ appName, onMade }: { appName: string; onMade: (made: KeyMade) => void }) {
  const [name, setName] = useState(appName);
  const action = useAction(async () => {
    const body: NewKey = { name: name.trim() };
    onMade(await ask<KeyMade>('/admin/api/keys', { method: 'POST', body }));
  });
  return (
    <ActionForm
      action={action}
      fields={['name']}
      buttons={
        <Button type="submit" variant="primary" icon="plus" busy={action.busy} disabled={name.trim() === ''}>
          {t('makeKey')}
        </Button>
      }
    >
      <TextInput
        label={t('keyName')}
        value={name}
        onChange={text => {
          setName(text);
          action.clear();
        }}
        hint={t('keyNameHint')}
        error={toldOf(action.error, 'name')}
        maxLength={60}
      />
    </ActionForm>
  );
}

function Made({
  made: { key, secret, kept, not_kept },
  onAnother,
}: {
  made: KeyMade;
  onAnother: () => void;
}) {
  const element = useRef<HTMLDivElement>(null);
  // The form is gone, and with it the button that had the focus.
  useEffect(() => element.current?.focus({ preventScroll: true }), []);
  return (
    <div class="stack" tabIndex={-1} ref={element}>
      <Notice tone="jade" title={t('made', { name: key.name })}>
        <p>{t('madeNote')}</p>
        <MaskedValue text={secret} mask={{ secret, seen: key.hint }} label={t('key')} />
      </Notice>
      {!kept && <Notice tone="ochre">{said(not_kept ?? t('notKept'))}</Notice>}
      <p class="note">{t.rich('limitsNote', { keys: <a href={link('keys', key.id)}>{t('keysPage')}</a> })}</p>
      <div class="row">
        <Button small onPress={onAnother}>
          {t('another')}
        </Button>
      </div>
    </div>
  );
}
