import { language, speak } from '../i18n/language';
import { t } from '../i18n/words';
import { IconButton } from '../parts/Button';
import { signOut, standing } from '../service/session';
import { setTheme, type Theme, theme } from '../theme';

const NEXT: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' };
const ICONS = { auto: 'auto', light: 'sun', dark: 'moon' } as const;

/** Language, theme, and the way out. */
export function Preferences() {
  const other = language.value === 'zh' ? 'en' : 'zh';
  return (
    <div class="preferences">
      <button
        type="button"
        class="language"
        lang={other === 'zh' ? 'zh-CN' : 'en'}
        onClick={() => speak(other)}
      >
        <span class="unseen">{t('language.name')}: </span>
        {other === 'zh' ? '中文' : 'English'}
      </button>
      <IconButton
        icon={ICONS[theme.value]}
        label={`${t('theme.name')}: ${t(`theme.${theme.value}`)}`}
        onPress={() => setTheme(NEXT[theme.value])}
      />
      {standing.value === 'in' && (
        <IconButton
          icon="signOut"
          label={t('shell.signOut')}
          onPress={() => signOut().catch(() => undefined)}
        />
      )}
    </div>
  );
}
