import { useState } from 'preact/hooks';
import { Button } from '../../parts/Button';
import { Notice } from '../../parts/Notice';
import { Said } from '../../parts/Said';
import { toast } from '../../parts/Toast';
import { told, toldOf } from '../../parts/told';
import { useAction } from '../../parts/useAction';
import { ask } from '../../service/client';
import type { Setting, SettingChanged } from '../../service/types';
import { Editor, isNamesSetting, NamesSummary } from './editors';
import { SourceBadge } from './SourceBadge';
import { t } from './words';

interface SettingRowProps {
  setting: Setting;
  onChanged: (setting: Setting) => void;
}

/** One setting: what it means, what it is, where that comes from, and how to change it. */
export function SettingRow({ setting, onChanged }: SettingRowProps) {
  const id = `setting-${setting.name}`;
  const title = t.maybe(`set.${setting.name}`, setting.name);
  return (
    <section class="setting" aria-labelledby={id}>
      <div class="setting-head">
        <h3 id={id}>{title}</h3>
        <SourceBadge source={setting.source} />
        <code class="setting-name">{setting.name}</code>
        <p class="note">{t.maybe(`set.${setting.name}.means`, setting.meaning)}</p>
      </div>
      <div class="setting-value">
        {isNamesSetting(setting.name) ? (
          <NamesSummary setting={setting} />
        ) : (
          <Change setting={setting} title={title} onChanged={onChanged} />
        )}
      </div>
    </section>
  );
}

function Change({ setting, title, onChanged }: SettingRowProps & { title: string }) {
  const [value, setValue] = useState<unknown>(setting.value);
  const [notKept, setNotKept] = useState<string | null>(null);
  const changed = JSON.stringify(value) !== JSON.stringify(setting.value);
  const action = useAction(async (next: { value: unknown } | null) => {
    const path = `/admin/api/settings/${setting.name}`;
    const done =
      next === null
        ? await ask<SettingChanged>(path, { method: 'DELETE' })
        : await ask<SettingChanged>(path, { method: 'PUT', body: next });
    setNotKept(done.kept ? null : (done.not_kept ?? t('notKept')));
    if (done.setting === null) return;
    setValue(done.setting.value);
    onChanged(done.setting);
    toast(t('saved', { name: title }));
  });
  return (
    <form
      class="stack"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        if (changed) void action.run({ value });
      }}
    >
      <Editor
        name={setting.name}
        title={title}
        value={value}
        error={action.error === null ? null : (toldOf(action.error, 'value') ?? told(action.error))}
        onChange={next => {
          setValue(next);
          action.clear();
        }}
      />
      {notKept !== null && (
        <Notice tone="ochre">
          <Said text={notKept} />
        </Notice>
      )}
      <div class="row">
        <Button
          type="submit"
          small
          variant={changed ? 'primary' : 'plain'}
          busy={action.busy}
          disabled={!changed}
          label={t('saveOf', { name: title })}
        >
          {t('save')}
        </Button>
        {changed && (
          <Button
            small
            variant="quiet"
            onPress={() => setValue(setting.value)}
            label={t('undoOf', { name: title })}
          >
            {t('undo')}
          </Button>
        )}
        {!changed && setting.source === 'console' && (
          <Button
            small
            variant="quiet"
            onPress={() => action.run(null)}
            label={t('resetOf', { name: title })}
          >
            {t('reset')}
          </Button>
        )}
      </div>
    </form>
  );
}
