import { useEffect, useState } from 'preact/hooks';
import { latency } from '../../i18n/format';
import { said as inWords } from '../../i18n/said';
import type { Tone } from '../../parts/Badge';
import { Button } from '../../parts/Button';
import { Notice } from '../../parts/Notice';
import { t } from './words';

interface Outcome {
  tone: Tone;
  title: string;
  text: string;
}

const PATIENCE_MS = 15_000;

interface TestProps {
  root: string;
  secret: string | null;
  model: string;
}

/** Asks for the models as the app would: with this key, at this address, without the session. */
export function Test({ root, secret, model }: TestProps) {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  useEffect(() => setOutcome(null), [root, secret, model]);
  return (
    <div class="stack">
      <div class="row">
        <Button
          icon="bolt"
          disabled={secret === null}
          onPress={async () => setOutcome(await tried(root, secret ?? '', model))}
        >
          {t('test')}
        </Button>
        <span class="note">{secret === null ? t('testNeedsKey') : t('testNote')}</span>
      </div>
      <div role="status">
        {outcome && (
          <Notice tone={outcome.tone} title={outcome.title}>
            {outcome.text}
          </Notice>
        )}
      </div>
    </div>
  );
}

async function tried(root: string, secret: string, model: string): Promise<Outcome> {
  const began = performance.now();
  const bad = (text: string): Outcome => ({ tone: 'vermilion', title: t('testFailed'), text });
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(`${root}/v1/models`, {
      headers: { authorization: `Bearer ${secret}` },
      credentials: 'omit',
      cache: 'no-store',
      signal: patience.signal,
    });
    const said = await response.json();
    if (!response.ok)
      return bad(inWords(said?.error?.message ?? '') || t('testStatus', { status: String(response.status) }));
    const names: string[] = (said?.data ?? []).map((one: { id: string }) => one.id);
    const took = latency(performance.now() - began);
    if (!names.includes(model)) {
      return {
        tone: 'ochre',
        title: t('testWorks', { took }),
        text: t('testNoModel', { model, n: names.length }),
      };
    }
    return { tone: 'jade', title: t('testWorks', { took }), text: t('testModels', { n: names.length }) };
  } catch {
    return bad(root === location.origin ? t('testUnreachable') : t('testElsewhere'));
  } finally {
    clearTimeout(timer);
  }
}
