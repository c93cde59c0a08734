import { useEffect, useRef } from 'preact/hooks';
import { list } from '../i18n/format';
import { t } from '../i18n/words';
import { Announcement, useAnnouncement } from '../parts/Announcement';
import { STATE_TONES } from '../parts/Badge';
import { page } from '../router';
import { state } from '../service/live';
import type { Account, AccountState } from '../service/types';

/** Tells a screen reader on whatever page it is that an account fell ill, or is well again; others see it in the menu. */
export function AccountNews() {
  const said = useAnnouncement();
  const before = useRef<Map<string, AccountState> | null>(null);
  const accounts = state.value?.accounts;
  useEffect(() => {
    if (accounts === undefined) return;
    const known = before.current;
    before.current = new Map(accounts.map(({ id, state }) => [id, state]));
    if (known === null) return;
    const news = accounts.filter(account => isNews(known.get(account.id), account));
    if (news.length > 0) said.value = list(news.map(({ name, state }) => `${name}: ${t(`state.${state}`)}`));
  }, [accounts]);
  return <Announcement of={said} />;
}

/** The overview has a notice of its own about whoever falls ill, and it is heard. */
function isNews(before: AccountState | undefined, { state }: Account): boolean {
  if (before === undefined || before === state) return false;
  if (STATE_TONES[state] === 'vermilion') return page.peek() !== 'overview';
  return state === 'ready' && STATE_TONES[before] === 'vermilion';
}
