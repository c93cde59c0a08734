import { useEffect, useRef, useState } from 'preact/hooks';
import { list } from '../../i18n/format';
import { Button } from '../../parts/Button';
import { classes } from '../../parts/classes';
import { TextArea } from '../../parts/inputs';
import { say, stop } from './asking';
import { nextId, type Picture } from './conversation';
import { options, readTools } from './options';
import { ACCEPT, MOST, readPictures } from './pictures';
import { Pictures } from './Question';
import { t } from './words';

/** Where the next question is written. */
export function Composer({ running, waits }: { running: boolean; waits: boolean }) {
  const [text, setText] = useState('');
  const [over, setOver] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const pictures = usePictures();
  useGrowth(area, text);
  const toolsWrong = readTools(options.value.tools).fault !== null;
  const ready = !running && !waits && !toolsWrong && (text.trim() !== '' || pictures.all.length > 0);
  const send = () => {
    if (!ready) return;
    void say({ kind: 'question', id: nextId(), text: text.trim(), pictures: pictures.all });
    setText('');
    pictures.set([]);
    area.current?.focus();
  };
  return (
    <form
      class={classes('composer', over && 'composer-over')}
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
      onPaste={event => pictures.take(event, event.clipboardData)}
      onDragOver={event => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        setOver(false);
        pictures.take(event, event.dataTransfer);
      }}
    >
      <Pictures
        pictures={pictures.all}
        onRemove={one => pictures.set(pictures.all.filter(kept => kept !== one))}
      />
      <TextArea
        label={t('question')}
        labelUnseen
        value={text}
        onChange={setText}
        placeholder={over ? t('dropHere') : t('placeholder')}
        rows={2}
        areaRef={area}
        error={pictures.problem ?? (toolsWrong ? t('toolsWrong') : null)}
        hint={waits ? t('waitsForResults') : t('keys')}
        onKeyDown={event => {
          // While an input method composes, Enter picks a word; Safari tells of that by 229 only.
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="composer-row">
        <PictureButton onFiles={files => void pictures.add(files)} disabled={running} />
        {running ? (
          <Button icon="stop" variant="primary" onPress={stop}>
            {t('stop')}
          </Button>
        ) : (
          <Button type="submit" icon="send" variant="primary" disabled={!ready}>
            {t('send')}
          </Button>
        )}
      </div>
    </form>
  );
}

function PictureButton({ onFiles, disabled }: { onFiles: (files: File[]) => void; disabled: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button icon="picture" variant="quiet" disabled={disabled} onPress={() => input.current?.click()}>
        {t('addPicture')}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept={ACCEPT}
        multiple
        onChange={event => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}

function usePictures() {
  const [all, set] = useState<readonly Picture[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const add = async (files: readonly File[]) => {
    const { pictures, faults } = await readPictures(files);
    const next = [...all, ...pictures].slice(0, MOST);
    set(next);
    const tooMany = all.length + pictures.length > MOST ? [t('picture.many', { n: MOST })] : [];
    const wrong = faults.map(({ name, fault }) => `${name}: ${t(`picture.${fault}`)}`);
    setProblem([...tooMany, ...wrong].length === 0 ? null : list([...tooMany, ...wrong]));
  };
  const take = (event: Event, from: DataTransfer | null) => {
    const files = [...(from?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    void add(files);
  };
  return { all: [...all], set, add, take, problem };
}

/** Lets the field grow with what is written in it. */
function useGrowth(area: { current: HTMLTextAreaElement | null }, text: string): void {
  // `text` is what it depends on, though it is read from the field.
  useEffect(() => {
    const field = area.current;
    if (field === null) return;
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight + 2, 280)}px`;
  }, [text]);
}
