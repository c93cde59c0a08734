import { useState } from 'preact/hooks';
import { t as shared } from '../../i18n/words';
import { Button } from '../../parts/Button';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { TextInput } from '../../parts/inputs';
import { Notice } from '../../parts/Notice';
import { told, toldOf } from '../../parts/told';
import { useAction } from '../../parts/useAction';
import { state } from '../../service/live';
import { ServiceError } from '../../service/problem';
import type { Account } from '../../service/types';
import { edit, remove } from './actions';
import { LimitsFields } from './LimitsFields';
import { useDefaults } from './useDefaults';
import { t } from './words';

/** Whether an error names none of the fields that can show it. */
export function nameless(error: unknown, fields: RegExp): boolean {
  if (error == null) return false;
  return !(error instanceof ServiceError && error.param !== null && fields.test(error.param));
}

export function EditForm({ account, onRemoved }: { account: Account; onRemoved: () => void }) {
  const [name, setName] = useState(account.name);
  const [limits, setLimits] = useState(account.limits);
  const [removing, setRemoving] = useState(false);
  const defaults = useDefaults();
  const saving = useAction(() => edit(account, { ...(name === account.name ? {} : { name }), limits }));
  return (
    <>
      <form
        class="stack"
        noValidate
        onSubmit={event => {
          event.preventDefault();
          void saving.run();
        }}
      >
        <TextInput
          label={t('edit.name')}
          value={name}
          maxLength={60}
          onChange={setName}
          error={toldOf(saving.error, 'name')}
        />
        <h3>{t('edit.limits')}</h3>
        <p class="note">{t('edit.limits.note')}</p>
        <LimitsFields value={limits} defaults={defaults} onChange={setLimits} error={saving.error} />
        {nameless(saving.error, /^(name|limits)/) && <Notice tone="vermilion">{told(saving.error)}</Notice>}
        <div class="row">
          <Button type="submit" variant="primary" busy={saving.busy}>
            {shared('action.save')}
          </Button>
        </div>
      </form>
      <div class="account-danger">
        <p class="note">{t('remove.note')}</p>
        <Button variant="danger" icon="remove" onPress={() => setRemoving(true)}>
          {t('do.remove')}
        </Button>
      </div>
      <ConfirmDialog
        open={removing}
        danger
        title={t('remove.title', { name: account.name })}
        confirm={t('do.remove')}
        onConfirm={async () => {
          await remove(account);
          onRemoved();
        }}
        onClose={() => setRemoving(false)}
      >
        <p>{t('remove.lost')}</p>
        <p>{t(account.origin === 'console' ? 'remove.console' : 'remove.environment')}</p>
        {isLast(account) && <Notice tone="ochre">{t('remove.last')}</Notice>}
      </ConfirmDialog>
    </>
  );
}

function isLast(account: Account): boolean {
  const ready = state.value?.accounts.filter(one => one.state === 'ready') ?? [];
  return ready.length === 1 && ready[0]?.id === account.id;
}
