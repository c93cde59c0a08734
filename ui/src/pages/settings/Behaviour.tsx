import { language, speak } from '../../i18n/language';
import { t as shared } from '../../i18n/words';
import { Segmented } from '../../parts/choices';
import { Loaded } from '../../parts/Loaded';
import { Section } from '../../parts/Section';
import { useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import type { Setting, SettingList } from '../../service/types';
import { setTheme, theme } from '../../theme';
import { SettingRow } from './SettingRow';
import { t } from './words';

/** What the owner may change while the service runs, and how this browser shows it. */
export function Behaviour() {
  const list = useResource(signal => ask<SettingList>('/admin/api/settings', { signal }));
  const changed = (setting: Setting) =>
    list.set(known => ({
      ...known,
      settings: known.settings.map(one => (one.name === setting.name ? setting : one)),
    }));
  return (
    <>
      <Section title={t('service')} note={t('serviceNote')}>
        <Loaded resource={list} lines={6}>
          {({ settings }) => (
            <div class="settings-rows">
              {settings.map(setting => (
                <SettingRow key={setting.name} setting={setting} onChanged={changed} />
              ))}
            </div>
          )}
        </Loaded>
      </Section>
      <Appearance />
    </>
  );
}

function Appearance() {
  return (
    <Section title={t('appearance')} note={t('appearanceNote')}>
      <dl class="facts settings-choices">
        <dt>{shared('language.name')}</dt>
        <dd>
          <Segmented
            label={shared('language.name')}
            value={language.value}
            choices={[
              { value: 'zh', label: '中文' },
              { value: 'en', label: 'English' },
            ]}
            onChange={speak}
          />
        </dd>
        <dt>{shared('theme.name')}</dt>
        <dd>
          <Segmented
            label={shared('theme.name')}
            value={theme.value}
            choices={[
              { value: 'auto', label: shared('theme.auto') },
              { value: 'light', label: shared('theme.light') },
              { value: 'dark', label: shared('theme.dark') },
            ]}
            onChange={setTheme}
          />
        </dd>
      </dl>
    </Section>
  );
}
