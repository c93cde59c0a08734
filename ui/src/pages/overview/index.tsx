import { bytes, relative } from '../../i18n/format';
import { t as shared } from '../../i18n/words';
import { ErrorState } from '../../parts/ErrorState';
import { Page } from '../../parts/Page';
import { Said } from '../../parts/Said';
import { Section } from '../../parts/Section';
import { Skeleton } from '../../parts/Skeleton';
import { now } from '../../service/clock';
import type { State } from '../../service/figures';
import { freshness, reconnect, state } from '../../service/live';
import { Attention } from './Attention';
import { Bridge } from './Bridge';
import { Figures } from './Figures';
import { FirstSteps, isFirstStart } from './FirstSteps';
import { LastDays } from './LastDays';
import { Newest } from './Newest';
import './overview.css';
import { standing, verdict } from './Verdict';
import { t } from './words';

export default function Overview() {
  const shown = state.value;
  if (shown === null) {
    return (
      <Page title={t('title')}>
        {freshness.value.kind === 'stale' ? (
          <ErrorState error={new Error(shared('problem.network'))} retry={reconnect} />
        ) : (
          <Skeleton lines={6} retry={reconnect} />
        )}
      </Page>
    );
  }
  const first = isFirstStart(shown);
  return (
    <Page title={t('title')} lead={<Lead state={shown} />}>
      <div class="overview-top">
        <Attention state={shown} />
        <section aria-label={t('bridge.title')}>
          <Bridge state={shown} />
        </section>
      </div>
      {first && <FirstSteps />}
      <Figures state={shown} />
      {!first && <LastDays />}
      <Newest />
      <Remarks state={shown} />
    </Page>
  );
}

function Lead({ state: shown }: { state: State }) {
  const { tone, text } = verdict(shown);
  return (
    <>
      <span class={`verdict tone-${tone}`}>{text}</span>
      <span class="standing">{standing(shown)}</span>
    </>
  );
}

function Remarks({ state: shown }: { state: State }) {
  const { store, version, warnings } = shown;
  const kept = t('foot.store', { size: bytes(store.bytes), when: relative(store.last_write, now.value) });
  return (
    <>
      {warnings.length > 0 && (
        <Section title={t('warnings.title')}>
          <ul class="warnings">
            {warnings.map(warning => (
              <li key={warning}>
                <Said text={warning} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      <footer class="overview-foot">
        {t('foot.version', { version })}
        {store.on_disk && ` · ${kept}`}
      </footer>
    </>
  );
}
