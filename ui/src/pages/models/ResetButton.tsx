import { useState } from 'preact/hooks';
import { Button } from '../../parts/Button';
import { ConfirmDialog } from '../../parts/ConfirmDialog';
import { type Part, reset } from './saving';
import { t } from './words';

/** Brings the default of one of the settings of names back, after asking. */
export function ResetButton({ part, reload }: { part: Part; reload: () => void }) {
  const [open, setOpen] = useState(false);
  const word = t(part === 'hidden' ? 'reset.hidden.do' : 'reset.do');
  const title = t(`reset.${part}`);
  return (
    <>
      <Button
        small
        variant="quiet"
        label={`${word}: ${t(part === 'hidden' ? 'names' : part)}`}
        onPress={() => setOpen(true)}
      >
        {word}
      </Button>
      <ConfirmDialog
        open={open}
        danger={part !== 'hidden'}
        title={title}
        confirm={word}
        onConfirm={async () => {
          await reset(part);
          reload();
        }}
        onClose={() => setOpen(false)}
      >
        <p>{t('reset.text')}</p>
      </ConfirmDialog>
    </>
  );
}
