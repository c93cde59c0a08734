import { useEffect, useRef, useState } from 'preact/hooks';
import { list } from '../i18n/format';
import { t } from '../i18n/words';
import { STATE_TONES } from '../parts/Badge';
import { page } from '../router';
import { state } from '../service/live';
import type { Account, AccountState } from '../service/types';

const SAID_MS = 6_000;

/** Tells a screen reader on whatever page it is that an account fell ill, or is well again; others see it in the menu. */
export function AccountNews() {
  const [text, setText] = useState('');
  const before = useRef<Map<string, AccountState> | null>(null);
  const accounts = state.value?.accounts;
  useEffect(() => {
    if (accounts === undefined) return;
    const known = before.current;
    before.current = new Map(accounts.map(({ id, state }) => [id, state]));
    if (known === null) return;
    const news = accounts.filter(account => isNews(known.get(account.id), account));
    if (news.length > 0) setText(list(news.map(({ name, state }) => `${name}: ${t(`state.${state}`)}`)));
  }, [accounts]);
  // Said once; whoever reads on finds it where it stands.
  useEffect(() => {
    if (text === '') return;
    const timer = setTimeout(() => setText(''), SAID_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="unseen" role="status">
      {text}
    </p>
  );
}

/** The overview has a notice of its own about whoever falls ill, and it is heard. */
function isNews(before: AccountState | undefined, { state }: Account): boolean {
  if (before === undefined || before === state) return false;
  if (STATE_TONES[state] === 'vermilion') return page.peek() !== 'overview';
  return state === 'ready' && STATE_TONES[before] === 'vermilion';
}
