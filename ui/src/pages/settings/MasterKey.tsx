import { useState } from 'preact/hooks';
import { t as shared } from '../../i18n/words';
import { ActionForm } from '../../parts/ActionForm';
import { Button } from '../../parts/Button';
import { Copyable } from '../../parts/Copyable';
import { Checkbox, Segmented } from '../../parts/choices';
import { Dialog } from '../../parts/Dialog';
import { SecretInput } from '../../parts/inputs';
import { Loaded } from '../../parts/Loaded';
import { Notice } from '../../parts/Notice';
import { Section } from '../../parts/Section';
import { toast } from '../../parts/Toast';
import { toldOf } from '../../parts/told';
import { useAction } from '../../parts/useAction';
import { useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import type { MasterKey } from '../../service/types';
import { t } from './words';

/** The shortest key that the service takes. */
const SHORTEST = 16;

export function MasterKeySection({ onChanged }: { onChanged: () => void }) {
  const key = useResource(signal => ask<MasterKey>('/admin/api/master-key', { signal }));
  const [changes, setChanges] = useState(false);
  const done = () => {
    key.reload();
    onChanged();
  };
  return (
    <Section title={t('masterKey')} note={t('masterKeyNote')}>
      <Loaded resource={key} lines={2}>
        {({ source, hint }) => (
          <>
            <dl class="facts">
              <dt>{t('now')}</dt>
              <dd>
                <code>{hint}</code>
              </dd>
              <dt>{t('from')}</dt>
              <dd>{source === 'environment' ? t('keyFromEnvironment') : t('keyKept')}</dd>
            </dl>
            {source === 'environment' ? (
              <Notice tone="soft">{t.rich('keyMend', { variable: <code>API_MASTER_KEY</code> })}</Notice>
            ) : (
              <div class="row">
                <Button icon="keys" onPress={() => setChanges(true)}>
                  {t('changeKey')}
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
      {changes && <ChangeDialog onClose={() => setChanges(false)} onDone={done} />}
    </Section>
  );
}

interface ChangeDialogProps {
  onClose: () => void;
  onDone: () => void;
}

function ChangeDialog({ onClose, onDone }: ChangeDialogProps) {
  const [secret, setSecret] = useState<string | null>(null);
  if (secret !== null) return <Shown secret={secret} onClose={onClose} />;
  const changed = (made: string | null) => {
    onDone();
    toast(t('keyChanged'));
    if (made === null) onClose();
    else setSecret(made);
  };
  return (
    <Dialog open title={t('changeKey')} onClose={onClose}>
      <ChangeForm onChanged={changed} onClose={onClose} />
    </Dialog>
  );
}

interface ChangeFormProps {
  onChanged: (secret: string | null) => void;
  onClose: () => void;
}

function ChangeForm({ onChanged, onClose }: ChangeFormProps) {
  const [current, setCurrent] = useState('');
  const [own, setOwn] = useState('');
  const [kind, setKind] = useState<'made' | 'own'>('made');
  const action = useAction(async () => {
    const body = { current: current.trim(), new: kind === 'own' ? own.trim() : null };
    const said = await ask<{ secret: string | null }>('/admin/api/master-key', { method: 'POST', body });
    onChanged(said.secret);
  });
  const short = kind === 'own' && own.trim().length < SHORTEST;
  return (
    <ActionForm
      action={action}
      fields={['current', 'new']}
      buttons={
        <>
          <Button
            type="submit"
            variant="primary"
            busy={action.busy}
            disabled={current.trim() === '' || short}
          >
            {t('changeKey')}
          </Button>
          <Button onPress={onClose}>{shared('action.cancel')}</Button>
        </>
      }
    >
      <SecretInput
        label={t('currentKey')}
        value={current}
        onChange={text => {
          setCurrent(text);
          action.clear();
        }}
        autocomplete="current-password"
        error={toldOf(action.error, 'current')}
      />
      <Segmented
        label={t('newKey')}
        value={kind}
        choices={[
          { value: 'made', label: t('letMake') },
          { value: 'own', label: t('ownKey') },
        ]}
        onChange={setKind}
      />
      {kind === 'own' && (
        <SecretInput
          label={t('newKey')}
          value={own}
          onChange={text => {
            setOwn(text);
            action.clear();
          }}
          autocomplete="new-password"
          hint={t('newKeyHint', { n: SHORTEST })}
          error={toldOf(action.error, 'new')}
        />
      )}
      <p class="note">{t('changeNote')}</p>
    </ActionForm>
  );
}

/** The new key, this once. */
function Shown({ secret, onClose }: { secret: string; onClose: () => void }) {
  const [kept, setKept] = useState(false);
  return (
    <Dialog
      open
      firm
      title={t('yourNewKey')}
      onClose={() => kept && onClose()}
      actions={
        <Button variant="primary" disabled={!kept} onPress={onClose}>
          {t('done')}
        </Button>
      }
    >
      <Notice tone="ochre">{t('shownOnce')}</Notice>
      <Copyable text={secret} label={t('masterKey')} />
      <Checkbox label={t('haveKept')} checked={kept} onChange={setKept} />
    </Dialog>
  );
}
