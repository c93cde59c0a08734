import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../parts/Button';
import { CodeBlock, Copyable } from '../../parts/Copyable';
import { Dialog } from '../../parts/Dialog';
import { Notice } from '../../parts/Notice';
import { Said } from '../../parts/Said';
import { link } from '../../router';
import type { KeyMade } from '../../service/types';
import { t } from './formWords';

interface SecretDialogProps {
  made: KeyMade;
  /** A model that the key may ask for. */
  model: string;
  onClose: () => void;
}

/** The one time that a key is seen. Whoever leaves is asked whether it was copied; then nothing holds it any more. */
export function SecretDialog({ made, model, onClose }: SecretDialogProps) {
  // Where to go after the question: null while it is not asked, empty to stay on this page.
  const [leaving, setLeaving] = useState<string | null>(null);
  const asked = useRef<HTMLDivElement>(null);
  const free = useStay(setLeaving);
  useEffect(() => {
    if (leaving !== null) asked.current?.focus();
  }, [leaving]);
  const leave = () => {
    const to = leaving;
    free.current = true;
    onClose();
    if (to) location.hash = to;
  };
  const base = `${location.origin}/v1`;
  return (
    <Dialog
      open
      firm
      title={t('secret.title', { name: made.key.name })}
      onClose={() => setLeaving('')}
      actions={
        leaving === null ? (
          <Button variant="primary" onPress={() => setLeaving('')}>
            {t('done')}
          </Button>
        ) : (
          <div class="secret-asked" role="alertdialog" aria-label={t('ask.title')} tabIndex={-1} ref={asked}>
            <p>
              <strong>{t('ask.title')}</strong>
              <br />
              {t('ask.text')}
            </p>
            <div class="row">
              <Button onPress={() => setLeaving(null)}>{t('ask.no')}</Button>
              <Button variant="primary" onPress={leave}>
                {t('ask.yes')}
              </Button>
            </div>
          </div>
        )
      }
    >
      <Notice tone="ochre" title={t('secret.once')}>
        {t('secret.onceText')}
      </Notice>
      {!made.kept && (
        <Notice tone="vermilion" title={t('unkept')}>
          {made.not_kept !== null && <Said text={made.not_kept} />}
        </Notice>
      )}
      <div class="secret">
        <h3>{t('secret')}</h3>
        <Copyable text={made.secret} label={t('secret')} />
      </div>
      <div class="secret">
        <h3>{t('base')}</h3>
        <Copyable text={base} label={t('base')} />
      </div>
      <CodeBlock title={t('try')} label="curl" text={curl(base, made.secret, model)} />
      <p>
        {t('connect.text')}{' '}
        <a
          href={link('connect')}
          onClick={event => {
            event.preventDefault();
            setLeaving(link('connect'));
          }}
        >
          {t('connect')}
        </a>
      </p>
    </Dialog>
  );
}

/** Holds the reader back from leaving by the address, the back button or closing the tab. */
function useStay(onLeave: (to: string) => void): { current: boolean } {
  const free = useRef(false);
  useEffect(() => {
    const here = location.hash;
    // It comes before the router hears of the new address, and then that is the old one again.
    const moved = () => {
      const to = location.hash;
      if (free.current || to === here) return;
      history.pushState(null, '', here);
      onLeave(to);
    };
    const closed = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('popstate', moved);
    addEventListener('beforeunload', closed);
    return () => {
      removeEventListener('popstate', moved);
      removeEventListener('beforeunload', closed);
    };
  }, [onLeave]);
  return free;
}

function curl(base: string, secret: string, model: string): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: t('say.hello') }] });
  return [
    `curl ${base}/chat/completions \\`,
    `  -H 'Authorization: Bearer ${secret}' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${body.replaceAll("'", "'\\''")}'`,
  ].join('\n');
}
