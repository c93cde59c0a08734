import { useEffect, useRef } from 'preact/hooks';
import { said } from '../../i18n/said';
import { t as shared } from '../../i18n/words';
import { Button } from '../../parts/Button';
import { Notice } from '../../parts/Notice';
import { Said } from '../../parts/Said';
import { go } from '../../router';
import type { Taken } from '../../service/types';
import { t } from './pasteWords';

/** What became of a paste; takes the focus, because the form that was there is gone. */
export function TakenNotice({ taken, onDismiss }: { taken: Taken; onDismiss: () => void }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A dialog that closes gives the focus back first.
    const timer = setTimeout(() => element.current?.focus(), 50);
    return () => clearTimeout(timer);
  }, [taken]);
  const { account, created, confirmed } = taken;
  const name = account?.name ?? '';
  const title = confirmed
    ? t(created ? 'taken.new' : 'taken.renewed', { name })
    : t(created ? 'taken.new.unsure' : 'taken.renewed.unsure', { name });
  return (
    <div ref={element} tabIndex={-1} role="status" class="stack taken">
      <Notice
        tone={confirmed && taken.kept ? 'jade' : 'ochre'}
        title={title}
        actions={
          <>
            {account !== null && (
              <Button small onPress={() => go('accounts', null, { id: account.id })}>
                {t('taken.see')}
              </Button>
            )}
            <Button small variant="quiet" onPress={onDismiss}>
              {shared('action.dismiss')}
            </Button>
          </>
        }
      >
        {taken.unconfirmed !== null && (
          <p>
            <Said text={taken.unconfirmed} />
          </p>
        )}
        {!taken.kept && <p>{t('taken.kept', { why: said(taken.not_kept ?? '') })}</p>}
      </Notice>
    </div>
  );
}
