import type { ComponentChildren } from 'preact';
import { t } from '../i18n/words';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { Notice } from './Notice';
import { Said } from './Said';
import { wordsOf } from './told';
import { useAction } from './useAction';

interface ConfirmDialogProps {
  open: boolean;
  title: string;
  /** What will happen. */
  children: ComponentChildren;
  /** The verb, as in "Delete account". */
  confirm: string;
  danger?: boolean;
  /** Does it; the dialog closes when that is done and stays, saying why, when it fails. */
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

export function ConfirmDialog({
  open,
  title,
  children,
  confirm,
  danger,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  const action = useAction(async () => {
    await onConfirm();
    onClose();
  });
  const close = () => {
    action.clear();
    onClose();
  };
  const actions = (
    <>
      <Button onPress={close}>{t('action.cancel')}</Button>
      <Button variant={danger ? 'danger' : 'primary'} busy={action.busy} onPress={() => void action.run()}>
        {confirm}
      </Button>
    </>
  );
  return (
    <Dialog open={open} title={title} onClose={close} actions={actions}>
      {children}
      {action.error != null && (
        <Notice tone="vermilion">
          <Said text={wordsOf(action.error)} />
        </Notice>
      )}
    </Dialog>
  );
}
