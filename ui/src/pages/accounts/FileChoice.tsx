import { useRef } from 'preact/hooks';
import { bytes } from '../../i18n/format';
import { Button, IconButton } from '../../parts/Button';
import { Icon } from '../../parts/Icon';
import { t } from './pasteWords';
import { MOST_BYTES, requestsOnly } from './recording';

/** A file that stands in place of a paste. */
export interface Held {
  name: string;
  size: number;
  text: string;
}

/** Reads a file; fails with a sentence for its owner. */
export async function hold(file: File): Promise<Held> {
  if (file.size > MOST_BYTES) {
    throw new Error(t('file.large', { size: bytes(file.size), most: bytes(MOST_BYTES) }));
  }
  const text = await file.text().catch(() => {
    throw new Error(t('file.unreadable'));
  });
  return { name: file.name, size: file.size, text: requestsOnly(text) };
}

interface FileChoiceProps {
  held: Held | null;
  onFile: (file: File) => void;
  onRemove: () => void;
}

export function FileChoice({ held, onFile, onRemove }: FileChoiceProps) {
  const input = useRef<HTMLInputElement>(null);
  if (held !== null) {
    return (
      <p class="file-held">
        <Icon name="upload" />
        <span>{t('file.held', { name: held.name, size: bytes(held.size) })}</span>
        <IconButton icon="close" label={t('file.remove')} onPress={onRemove} />
      </p>
    );
  }
  return (
    <div class="row">
      <Button small icon="upload" onPress={() => input.current?.click()}>
        {t('file.choose')}
      </Button>
      <input
        ref={input}
        type="file"
        class="unseen"
        tabIndex={-1}
        aria-label={t('file.choose')}
        accept=".har,.json,.txt,.cookies,text/plain,application/json"
        onChange={event => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file) onFile(file);
        }}
      />
      <span class="note">{t('file.hint', { size: bytes(MOST_BYTES) })}</span>
    </div>
  );
}
