import { useState } from 'preact/hooks';
import { CodeBlock } from '../../parts/Copyable';
import { Dialog } from '../../parts/Dialog';
import { Tabs } from '../../parts/Tabs';
import { link } from '../../router';
import { asCurl, asPython, portable } from './code';
import { messages, type Turn, turns } from './conversation';
import { options, requestBody } from './options';
import { t } from './words';

/** The conversation's last request as code to take along. */
export function CodeDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} title={t('asCode')} onClose={onClose} wide>
      {open && <Code />}
    </Dialog>
  );
}

function Code() {
  const [kind, setKind] = useState<'curl' | 'python'>('curl');
  const said = options.value;
  const asked = upToTheQuestion(turns.value);
  const body = portable(requestBody(said, messages(said.system, asked)));
  const pictures = asked.some(turn => turn.kind === 'question' && turn.pictures.length > 0);
  const text = kind === 'curl' ? asCurl(location.origin, body) : asPython(location.origin, body);
  return (
    <Tabs
      label={t('asCode')}
      value={kind}
      tabs={[
        { value: 'curl', label: 'curl' },
        { value: 'python', label: 'Python' },
      ]}
      onChange={setKind}
    >
      <div class="stack">
        <p class="note">
          {t.rich('codeNote', { key: <code>$KEY</code>, keys: <a href={link('keys')}>{t('keysPage')}</a> })}
        </p>
        {pictures && <p class="note">{t('codePictures')}</p>}
        <CodeBlock text={text} title={kind === 'curl' ? 'sh' : 'Python · openai'} />
      </div>
    </Tabs>
  );
}

// The answer that came is what the code will ask for.
function upToTheQuestion(all: readonly Turn[]): readonly Turn[] {
  return all.at(-1)?.kind === 'answer' ? all.slice(0, -1) : all;
}
