import { useState } from 'preact/hooks';
import { latency, number } from '../../i18n/format';
import { Badge, type Tone } from '../../parts/Badge';
import { Button } from '../../parts/Button';
import { classes } from '../../parts/classes';
import { copy } from '../../parts/copy';
import { Notice } from '../../parts/Notice';
import { Said } from '../../parts/Said';
import { toast } from '../../parts/Toast';
import { link } from '../../router';
import { retry } from './asking';
import type { Answer, ToolCall } from './conversation';
import { Markdown } from './markdown/Markdown';
import { t } from './words';

interface AnswerTurnProps {
  turn: Answer;
  newest: boolean;
  running: boolean;
}

export function AnswerTurn({ turn, newest, running }: AnswerTurnProps) {
  const open = turn.status === 'waiting' || turn.status === 'running';
  return (
    <article
      class={`turn turn-answer turn-${turn.status}`}
      aria-busy={open}
      aria-label={t('answerOf', { model: turn.model })}
    >
      <header class="turn-head">
        <h2>{turn.model}</h2>
        <Standing turn={turn} />
      </header>
      {turn.reasoning !== '' && <Thinking turn={turn} />}
      {turn.text !== '' && (
        <div class={classes('md', turn.status === 'running' && 'md-running')}>
          <Markdown text={turn.text} />
        </div>
      )}
      {turn.status === 'waiting' && <p class="turn-waits">{t('waiting')}</p>}
      {turn.calls.map((call, index) => (
        <Call key={call.id || index} call={call} />
      ))}
      {turn.status === 'done' && turn.text === '' && turn.calls.length === 0 && (
        <p class="note">{t('nothing')}</p>
      )}
      <Fault turn={turn} />
      {!open && <Figures turn={turn} />}
      {!open && (
        <div class="turn-actions">
          {turn.text !== '' && (
            <Button small variant="quiet" icon="copy" onPress={() => void copyText(turn.text)}>
              {t('copyAnswer')}
            </Button>
          )}
          {newest && !running && (
            <Button small variant="quiet" icon="refresh" onPress={() => void retry()}>
              {t('retry')}
            </Button>
          )}
        </div>
      )}
    </article>
  );
}

async function copyText(text: string): Promise<void> {
  if (await copy(text)) toast(t('copied'));
  else toast(t('notCopied'), 'bad');
}

const STANDINGS: Partial<Record<Answer['status'], Tone>> = {
  stopped: 'soft',
  broken: 'vermilion',
  failed: 'vermilion',
};

function Standing({ turn }: { turn: Answer }) {
  const tone = STANDINGS[turn.status];
  if (tone) return <Badge tone={tone}>{t.maybe(`is.${turn.status}`, turn.status)}</Badge>;
  if (turn.finish === 'length') return <Badge tone="ochre">{t('is.length')}</Badge>;
  if (turn.finish === 'content_filter') return <Badge tone="ochre">{t('is.filter')}</Badge>;
  return null;
}

/** What the model thought, folded away; nothing is drawn of it until somebody wants to see it. */
function Thinking({ turn }: { turn: Answer }) {
  const [open, setOpen] = useState(false);
  const thinks = turn.status === 'running' && turn.text === '' && turn.calls.length === 0;
  return (
    <details class="fold thinking" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>
        {thinks ? t('thinking') : t('thought')}
        <span class="fold-note">{t('letters', { n: turn.reasoning.length })}</span>
      </summary>
      {open && <p class="thinking-text">{turn.reasoning}</p>}
    </details>
  );
}

function Call({ call }: { call: ToolCall }) {
  return (
    <div class="call">
      <p class="call-head">
        <span class="note">{t('calls')}</span> <code>{call.name}</code>
      </p>
      <pre class="call-arguments">
        <code>{pretty(call.arguments)}</code>
      </pre>
    </div>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Fault({ turn }: { turn: Answer }) {
  if (turn.status === 'broken') return <Notice tone="vermilion">{t('brokeOff')}</Notice>;
  if (turn.error === null) return null;
  const { message, code, retryAfter } = turn.error;
  return (
    <Notice tone="vermilion" title={turn.text === '' ? t('noAnswer') : t('errorWithin')}>
      <p>
        <Said text={message} />
      </p>
      <p class="note">
        <code>{code}</code>
        {retryAfter !== null && <> · {t('again', { wait: latency(retryAfter * 1_000) })}</>}
      </p>
    </Notice>
  );
}

/** How long it took, what it used, and who answered. */
function Figures({ turn }: { turn: Answer }) {
  const thought = turn.used?.completion_tokens_details?.reasoning_tokens;
  const facts: [string, preact.ComponentChildren][] = [];
  if (turn.firstMs !== null) facts.push([t('first'), latency(turn.firstMs)]);
  if (turn.totalMs !== null) facts.push([t('total'), latency(turn.totalMs)]);
  if (turn.used) {
    facts.push([t('tokensIn'), number(turn.used.prompt_tokens)]);
    facts.push([t('tokensOut'), number(turn.used.completion_tokens)]);
    if (thought) facts.push([t('tokensThought'), number(thought)]);
  }
  if (turn.account !== null) {
    facts.push([t('account'), <a href={link('accounts', turn.account)}>{turn.account}</a>]);
  }
  if (turn.attempts !== null) facts.push([t('attempts'), number(turn.attempts)]);
  if (turn.dropped) facts.push([t('dropped'), number(turn.dropped)]);
  return (
    <dl class="turn-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
