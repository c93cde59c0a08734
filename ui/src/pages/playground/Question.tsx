import { useState } from 'preact/hooks';
import { bytes } from '../../i18n/format';
import { Button } from '../../parts/Button';
import { TextArea } from '../../parts/inputs';
import { run } from './asking';
import { cutBefore, nextId, type Picture, put, type Question, type Result } from './conversation';
import { t } from './words';

export function QuestionTurn({ turn, running }: { turn: Question; running: boolean }) {
  const [edits, setEdits] = useState<string | null>(null);
  return (
    <article class="turn turn-question" aria-label={t('you')}>
      <header class="turn-head">
        <h2>{t('you')}</h2>
        {edits === null && !running && (
          <Button small variant="quiet" icon="edit" onPress={() => setEdits(turn.text)}>
            {t('edit')}
          </Button>
        )}
      </header>
      <Pictures pictures={turn.pictures} />
      {edits === null ? (
        <p class="turn-text">{turn.text}</p>
      ) : (
        <Editing turn={turn} text={edits} onChange={setEdits} />
      )}
    </article>
  );
}

interface EditingProps {
  turn: Question;
  text: string;
  onChange: (text: string | null) => void;
}

function Editing({ turn, text, onChange }: EditingProps) {
  const send = () => {
    if (text.trim() === '' && turn.pictures.length === 0) return;
    cutBefore(turn.id);
    put({ ...turn, id: nextId(), text });
    void run();
  };
  return (
    <form
      class="stack"
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      <TextArea label={t('edit')} labelUnseen value={text} onChange={onChange} hint={t('editHint')} />
      <div class="row">
        <Button type="submit" variant="primary" icon="send">
          {t('resend')}
        </Button>
        <Button onPress={() => onChange(null)}>{t('cancel')}</Button>
      </div>
    </form>
  );
}

export function ResultTurn({ turn }: { turn: Result }) {
  return (
    <article class="turn turn-result" aria-label={t('resultOf', { name: turn.call.name })}>
      <header class="turn-head">
        <h2>{t('resultOf', { name: turn.call.name })}</h2>
      </header>
      <pre class="call-arguments">
        <code>{turn.text}</code>
      </pre>
    </article>
  );
}

interface PicturesProps {
  pictures: readonly Picture[];
  onRemove?: (picture: Picture) => void;
}

export function Pictures({ pictures, onRemove }: PicturesProps) {
  if (pictures.length === 0) return null;
  return (
    <ul class="pictures">
      {pictures.map((picture, index) => (
        <li key={index}>
          <img src={picture.url} alt={picture.name} />
          <span class="pictures-name">
            {picture.name} · {bytes(picture.bytes)}
          </span>
          {onRemove && (
            <Button
              small
              variant="quiet"
              onPress={() => onRemove(picture)}
              label={t('takeOut', { name: picture.name })}
            >
              {t('remove')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
