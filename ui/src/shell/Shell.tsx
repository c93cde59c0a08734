import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/words';
import { IconButton } from '../parts/Button';
import { Drawer } from '../parts/Dialog';
import { place } from '../router';
import { AccountNews } from './AccountNews';
import { LiveBadge } from './LiveBadge';
import { Navigation } from './Navigation';
import { Preferences } from './Preferences';
import { Wordmark } from './Wordmark';

/** What stands around every page: a sidebar, or on a phone a bar on top and a drawer from below. */
export function Shell({ children }: { children: ComponentChildren }) {
  const [menu, setMenu] = useState(false);
  const { page } = place.value;
  // Going to a page closes the menu.
  useEffect(() => setMenu(false), [page]);
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        {t('shell.skip')}
      </button>
      <header class="top-bar">
        <Wordmark />
        <LiveBadge />
        <IconButton icon="menu" label={t('shell.menu')} expanded={menu} onPress={() => setMenu(true)} />
      </header>
      <header class="sidebar">
        <Wordmark />
        <Navigation />
        <div class="sidebar-foot">
          <LiveBadge />
          <Preferences />
        </div>
      </header>
      <main id="content" tabIndex={-1} aria-label={t(page === null ? 'page.missing' : `page.${page}`)}>
        {children}
      </main>
      <Drawer open={menu} title={t('shell.menu')} onClose={() => setMenu(false)} class="menu-drawer">
        <Navigation onGo={() => setMenu(false)} />
        <Preferences />
      </Drawer>
      <AccountNews />
    </div>
  );
}
