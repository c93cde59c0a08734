import { useEffect, useRef } from 'preact/hooks';
import { Announcement, useAnnouncement } from '../../parts/Announcement';
import { turns } from './conversation';
import { t } from './words';

/** The longest answer that is read out by itself; of a longer one it is only said that it is there. */
const READ_OUT = 500;

/** Tells a screen reader when an answer begins and ends, and not each word between. */
export function Spoken() {
  const said = useAnnouncement();
  const told = useRef('');
  const newest = turns.value.at(-1);
  const status = newest?.kind === 'answer' ? newest.status : null;
  const key = newest && status ? `${newest.id} ${status}` : '';
  useEffect(() => {
    if (key === '' || key === told.current || newest?.kind !== 'answer') return;
    // A turn that was there before the page was opened is no news.
    const first = told.current === '';
    told.current = key;
    if (status === 'waiting') said.value = t('spoken.begins');
    else if (status === 'done' && !first) {
      said.value = newest.text.length > READ_OUT ? t('spoken.long', { n: newest.text.length }) : newest.text;
    } else if (status !== 'running' && !first) said.value = t.maybe(`is.${status}`, '');
  }, [key]);
  return <Announcement of={said} />;
}
