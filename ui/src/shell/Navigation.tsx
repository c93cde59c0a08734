import { t } from '../i18n/words';
import { STATE_TONES } from '../parts/Badge';
import { Icon } from '../parts/Icon';
import { link, type PageName, page } from '../router';
import { state } from '../service/live';

const GROUPS: readonly { name: 'run' | 'share' | 'try'; pages: readonly PageName[] }[] = [
  { name: 'run', pages: ['overview', 'accounts', 'models', 'requests', 'usage'] },
  { name: 'share', pages: ['keys', 'connect'] },
  { name: 'try', pages: ['playground', 'settings'] },
];

/** The pages. `onGo` hears of each link that is followed, also of the one to the page where the reader is. */
export function Navigation({ onGo }: { onGo?: () => void }) {
  const ill = state.value?.accounts.filter(account => STATE_TONES[account.state] === 'vermilion').length ?? 0;
  return (
    <nav class="navigation" aria-label={t('shell.nav')}>
      {GROUPS.map(group => (
        <ul key={group.name}>
          {group.pages.map(name => (
            <li key={name}>
              <a href={link(name)} aria-current={page.value === name ? 'page' : undefined} onClick={onGo}>
                <Icon name={name} />
                <span>{t(`page.${name}`)}</span>
                {name === 'accounts' && ill > 0 && (
                  <span class="navigation-count">
                    <span class="unseen">{t('state.needs_owner')}: </span>
                    {ill}
                  </span>
                )}
              </a>
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}
