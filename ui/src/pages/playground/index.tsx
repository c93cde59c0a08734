import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../parts/Button';
import { EmptyState } from '../../parts/EmptyState';
import { Page } from '../../parts/Page';
import { useResource } from '../../parts/useResource';
import { params, setParams } from '../../router';
import { ask } from '../../service/client';
import { AnswerTurn } from './Answer';
import { clear, say, stop } from './asking';
import { CodeDialog } from './CodeDialog';
import { Composer } from './Composer';
import { nextId, pendingCalls, type Turn, turns, underWay } from './conversation';
import { useFollow } from './follow';
import { OptionsPane } from './OptionsPane';
import { change, options } from './options';
import { QuestionTurn, ResultTurn } from './Question';
import { Spoken } from './Spoken';
import { ToolResults } from './ToolResults';
import { t } from './words';
import './playground.css';

interface ModelList {
  data: { id: string }[];
}

export default function Playground() {
  const [code, setCode] = useState(false);
  const models = useResource(signal => ask<ModelList>('/v1/models', { signal }));
  useModelInAddress();
  useEscape();
  useFollow();
  const running = underWay.value !== null;
  const empty = turns.value.length === 0;
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      actions={
        <>
          <Button icon="code" onPress={() => setCode(true)} disabled={empty}>
            {t('asCode')}
          </Button>
          <Button icon="remove" onPress={clear} disabled={empty}>
            {t('clear')}
          </Button>
        </>
      }
    >
      <div class="play">
        <OptionsPane models={models} />
        <section class="play-talk" aria-label={t('conversation')}>
          <div class="play-turns">
            {empty && <Empty />}
            {turns.value.map(turn => (
              <Row key={turn.id} turn={turn} newest={turn === turns.value.at(-1)} running={running} />
            ))}
            {pendingCalls.value.length > 0 && (
              <ToolResults key={turns.value.at(-1)?.id} calls={pendingCalls.value} />
            )}
          </div>
          <Spoken />
          <Composer running={running} waits={pendingCalls.value.length > 0} />
        </section>
      </div>
      <CodeDialog open={code} onClose={() => setCode(false)} />
    </Page>
  );
}

function Row({ turn, newest, running }: { turn: Turn; newest: boolean; running: boolean }) {
  if (turn.kind === 'question') return <QuestionTurn turn={turn} running={running} />;
  if (turn.kind === 'result') return <ResultTurn turn={turn} />;
  return <AnswerTurn turn={turn} newest={newest} running={running} />;
}

function Empty() {
  const first = (text: string) => say({ kind: 'question', id: nextId(), text, pictures: [] });
  return (
    <EmptyState
      title={t('empty')}
      actions={[t('try1'), t('try2'), t('try3')].map(text => (
        <Button key={text} onPress={() => void first(text)}>
          {text}
        </Button>
      ))}
    >
      {t('emptyText')}
    </EmptyState>
  );
}

/** The model stands in the address, so that other pages can lead here with one. */
function useModelInAddress(): void {
  const named = params.value.model;
  const { model } = options.value;
  useEffect(() => {
    if (named) change({ model: named });
  }, [named]);
  useEffect(() => {
    if (params.peek().model !== options.peek().model) setParams({ model: options.peek().model });
  }, [model]);
}

/** Esc stops the answer, unless it closes something. */
function useEscape(): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return;
      if (document.querySelector('dialog[open]') === null) stop();
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, []);
}
