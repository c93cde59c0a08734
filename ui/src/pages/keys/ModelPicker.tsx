import { useState } from 'preact/hooks';
import { Button } from '../../parts/Button';
import { Checkbox } from '../../parts/choices';
import { Icon } from '../../parts/Icon';
import { TextInput } from '../../parts/inputs';
import { told } from '../../parts/told';
import { useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import type { Served } from '../../service/types';
import { t } from './formWords';

interface ModelPickerProps {
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  error: string | null;
}

/** Any number of models. Those that are chosen but not served now stay: lists change, and a key outlasts them. */
export function ModelPicker({ chosen, onChange, error }: ModelPickerProps) {
  const served = useResource(signal => ask<Served>('/admin/api/models', { signal }));
  const [sought, setSought] = useState('');
  const names = served.data?.models.map(model => model.name) ?? [];
  const all = [...chosen.filter(name => !names.includes(name)), ...names];
  const found = all.filter(name => name.toLowerCase().includes(sought.trim().toLowerCase()));
  const toggle = (name: string, on: boolean) =>
    onChange(on ? [...chosen, name] : chosen.filter(one => one !== name));
  return (
    <fieldset class="models-picker">
      <legend class="field-label">{t('models')}</legend>
      <div class="models-said">
        <p class="field-hint" aria-live="polite">
          {chosen.length === 0 ? t('models.all') : t('models.some', { n: chosen.length })}
        </p>
        {chosen.length > 0 && (
          <Button variant="quiet" small onPress={() => onChange([])}>
            {t('models.clear')}
          </Button>
        )}
      </div>
      {chosen.length > 0 && (
        <ul class="models-chosen">
          {chosen.map(name => (
            <li key={name}>
              <button
                type="button"
                aria-label={t('models.drop', { name })}
                onClick={() => toggle(name, false)}
              >
                <span>{name}</span>
                <Icon name="close" size={13} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <TextInput
        label={t('models.search')}
        labelUnseen
        type="search"
        code
        placeholder={t('models.search')}
        value={sought}
        onChange={setSought}
        error={error}
      />
      <div class="models-list">
        {found.map(name => (
          <Checkbox
            key={name}
            label={<code>{name}</code>}
            checked={chosen.includes(name)}
            onChange={on => toggle(name, on)}
          />
        ))}
        {found.length === 0 && <p class="field-hint">{emptyWord(served.error, served.loading)}</p>}
      </div>
    </fieldset>
  );
}

function emptyWord(error: unknown, loading: boolean): string {
  if (loading) return '…';
  return error == null ? t('models.none') : t('models.failed', { why: told(error) });
}
