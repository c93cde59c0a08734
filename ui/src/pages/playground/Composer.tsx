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
  const area = useRef<HTMLTextAreaElement>(null);
  const pictures = usePictures();
  const over = useDropAnywhere(pictures.add);
  useGrowth(area, text);
  const toolsWrong = readTools(options.value.tools).fault !== null;
  const ready = !running && !waits && !toolsWrong && (text.trim() !== '' || pictures.all.length > 0);
  const send = () => {
    if (!ready) return;
    void say({ kind: 'question', id: nextId(), text: text.trim(), pictures: pictures.all });
    setText('');
    pictures.keep([]);
    area.current?.focus();
  };
  return (
    <form
      class={classes('composer', over && 'composer-over')}
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
      onPaste={event => {
        const files = pasted(event.clipboardData);
        if (files.length === 0) return;
        event.preventDefault();
        void pictures.add(files);
      }}
    >
      <Pictures
        pictures={pictures.all}
        onRemove={one => pictures.keep(pictures.all.filter(kept => kept !== one))}
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
  // Two may be read at the same time, and neither may take the other's place.
  const held = useRef(all);
  const keep = (next: readonly Picture[]) => {
    held.current = next;
    set(next);
    setProblem(null);
  };
  const add = async (files: readonly File[]) => {
    const { pictures, faults } = await readPictures(files);
    const next = [...held.current, ...pictures];
    keep(next.slice(0, MOST));
    const tooMany = next.length > MOST ? [t('picture.many', { n: MOST })] : [];
    const wrong = faults.map(({ name, fault }) => `${name}: ${t(`picture.${fault}`)}`);
    if (tooMany.length + wrong.length > 0) setProblem(list([...tooMany, ...wrong]));
  };
  return { all: [...all], keep, add, problem };
}

/** The files of a paste. A table or a page brings a picture of itself along: what has text of its own stays text. */
function pasted(data: DataTransfer | null): File[] {
  const files = [...(data?.files ?? [])];
  const text = data?.getData('text/plain').trim() ?? '';
  return text === '' || files.some(file => text.includes(file.name)) ? files : [];
}

/** Takes files that are dropped anywhere on the page: beside the field the browser would open them, and the talk be gone. */
function useDropAnywhere(take: (files: File[]) => unknown): boolean {
  const [over, setOver] = useState(false);
  const newest = useRef(take);
  newest.current = take;
  useEffect(() => {
    const leaving = new AbortController();
    const hear = (kind: 'dragover' | 'dragleave' | 'drop', then: (event: DragEvent) => void) =>
      addEventListener(
        kind,
        event => {
          if (event.dataTransfer?.types.includes('Files')) then(event);
        },
        { signal: leaving.signal },
      );
    hear('dragover', event => {
      event.preventDefault();
      setOver(true);
    });
    // Only who leaves the window goes nowhere.
    hear('dragleave', event => setOver(event.relatedTarget !== null));
    hear('drop', event => {
      event.preventDefault();
      setOver(false);
      newest.current([...(event.dataTransfer?.files ?? [])]);
    });
    return () => leaving.abort();
  }, []);
  return over;
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
