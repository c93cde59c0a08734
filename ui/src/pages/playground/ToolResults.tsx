import { useState } from 'preact/hooks';
import { Button } from '../../parts/Button';
import { TextArea } from '../../parts/inputs';
import { say } from './asking';
import { nextId, type ToolCall } from './conversation';
import { t } from './words';

/** Where the reader plays the tools that the model called. */
export function ToolResults({ calls }: { calls: readonly ToolCall[] }) {
  const [results, setResults] = useState<readonly string[]>(() => calls.map(() => ''));
  const send = () =>
    say(
      ...calls.map((call, index) => ({
        kind: 'result' as const,
        id: nextId(),
        call,
        text: results[index] ?? '',
      })),
    );
  return (
    <form
      class="stack tool-results"
      onSubmit={event => {
        event.preventDefault();
        void send();
      }}
    >
      <p class="note">{t('resultsNote')}</p>
      {calls.map((call, index) => (
        <TextArea
          key={call.id || index}
          label={t('resultOf', { name: call.name })}
          value={results[index] ?? ''}
          onChange={text => setResults(results.map((one, at) => (at === index ? text : one)))}
          placeholder={'{"temperature": 21}'}
          rows={2}
          code
        />
      ))}
      <div class="row">
        <Button type="submit" variant="primary" icon="send">
          {t('sendResults')}
        </Button>
      </div>
    </form>
  );
}
