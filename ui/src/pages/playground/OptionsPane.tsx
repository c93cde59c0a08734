import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../parts/Button';
import { Select, Switch } from '../../parts/choices';
import { NumberInput, TextArea } from '../../parts/inputs';
import { told } from '../../parts/told';
import type { Resource } from '../../parts/useResource';
import { change, options, readTools, SAMPLE_TOOLS } from './options';
import { t } from './words';

interface OptionsPaneProps {
  models: Resource<{ data: { id: string }[] }>;
}

/** How the next answer is asked for. */
export function OptionsPane({ models }: OptionsPaneProps) {
  const wide = useWide();
  return (
    <section class="play-options" aria-label={t('options')}>
      <ModelChoice models={models} />
      {wide ? (
        <Rest />
      ) : (
        <details class="fold">
          <summary>{t('options')}</summary>
          <Rest />
        </details>
      )}
    </section>
  );
}

function Rest() {
  const said = options.value;
  return (
    <div class="stack">
      <TextArea
        label={t('system')}
        value={said.system}
        onChange={system => change({ system })}
        placeholder={t('systemPlaceholder')}
        rows={3}
      />
      <Switch label={t('stream')} checked={said.stream} onChange={stream => change({ stream })} />
      <Sampling />
      <Tools />
    </div>
  );
}

const WIDE = matchMedia('(min-width: 60rem)');

/** Whether the options have a place beside the conversation; above it they would push it out of sight. */
function useWide(): boolean {
  const [wide, setWide] = useState(WIDE.matches);
  useEffect(() => {
    const hear = () => setWide(WIDE.matches);
    WIDE.addEventListener('change', hear);
    return () => WIDE.removeEventListener('change', hear);
  }, []);
  return wide;
}

function ModelChoice({ models }: OptionsPaneProps) {
  const { model } = options.value;
  const known = models.data?.data.map(one => one.id) ?? [];
  const names = known.includes(model) ? known : [model, ...known];
  const failed = models.error != null && !models.loading;
  return (
    <>
      <Select
        label={t('model')}
        value={model}
        choices={names.map(name => ({ value: name, label: name }))}
        onChange={next => change({ model: next })}
        hint={model === 'auto' ? t('autoHint') : undefined}
        error={failed ? told(models.error) : null}
      />
      {failed && (
        <Button small icon="refresh" onPress={models.reload}>
          {t('loadModels')}
        </Button>
      )}
    </>
  );
}

function Sampling() {
  const said = options.value;
  return (
    <details class="fold">
      <summary>{t('sampling')}</summary>
      <div class="stack">
        <NumberInput
          label="temperature"
          value={said.temperature}
          onChange={temperature => change({ temperature })}
          min={0}
          max={2}
          step={0.1}
          placeholder={t('unset')}
          hint={t('temperatureHint')}
        />
        <NumberInput
          label="max_tokens"
          value={said.maxTokens}
          onChange={maxTokens => change({ maxTokens })}
          min={1}
          placeholder={t('unset')}
        />
        <TextArea
          label="stop"
          value={said.stop}
          onChange={stop => change({ stop })}
          rows={2}
          hint={t('stopHint')}
          code
        />
        <Switch
          label={t('json')}
          hint={t('jsonHint')}
          checked={said.json}
          onChange={json => change({ json })}
        />
      </div>
    </details>
  );
}

function Tools() {
  const { tools } = options.value;
  const { fault, tools: read } = readTools(tools);
  return (
    <details class="fold">
      <summary>
        {t('tools')}
        {read.length > 0 && <span class="fold-note">{read.length}</span>}
      </summary>
      <div class="stack">
        <TextArea
          label={t('toolsJson')}
          value={tools}
          onChange={text => change({ tools: text })}
          rows={9}
          hint={t('toolsHint')}
          error={fault === null ? null : t(`tools.${fault}`)}
          code
        />
        <div class="row">
          <Button small onPress={() => change({ tools: SAMPLE_TOOLS })}>
            {t('sample')}
          </Button>
          {tools !== '' && (
            <Button small onPress={() => change({ tools: '' })}>
              {t('noTools')}
            </Button>
          )}
        </div>
      </div>
    </details>
  );
}
