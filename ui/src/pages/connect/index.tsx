import { useMemo, useRef, useState } from 'preact/hooks';
import { Select } from '../../parts/choices';
import { classes } from '../../parts/classes';
import { TextInput } from '../../parts/inputs';
import { Notice } from '../../parts/Notice';
import { Page } from '../../parts/Page';
import { Section } from '../../parts/Section';
import { useResource } from '../../parts/useResource';
import { params, setParams } from '../../router';
import { ask } from '../../service/client';
import type { KeyMade } from '../../service/types';
import { APPS, appNamed, GROUPS } from './apps';
import { GuideView } from './GuideView';
import type { App } from './guides/guide';
import { KeyChoice } from './KeyChoice';
import type { Mask } from './Masked';
import { Test } from './Test';
import { rootOf, whereabouts } from './whereabouts';
import { t } from './words';
import './connect.css';

const PLACEHOLDER = 'YOUR_KEY';

export default function Connect() {
  const [address, setAddress] = useState(location.origin);
  const [model, setModel] = useState('auto');
  const [made, setMade] = useState<KeyMade | null>(null);
  const root = rootOf(address);
  const app = appNamed(params.value.app) ?? (APPS[0] as App);
  const mask: Mask | null = useMemo(
    () => (made === null ? null : { secret: made.secret, seen: made.key.hint }),
    [made],
  );
  const setup = { root: root ?? location.origin, key: made?.secret ?? PLACEHOLDER, model };
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Section title={t('yours')}>
        <div class="connect-setup">
          <div class="stack">
            <Address address={address} wrong={root === null} onChange={setAddress} />
            <ModelChoice model={model} onChange={setModel} />
          </div>
          <KeyChoice appName={t.maybe(`app.${app.id}`, app.name)} made={made} onMade={setMade} />
        </div>
        <Test root={setup.root} secret={made?.secret ?? null} model={model} />
      </Section>
      <Section title={t('apps')}>
        <div class="connect">
          <Apps chosen={app} />
          <GuideView app={app} setup={setup} mask={mask} />
        </div>
      </Section>
    </Page>
  );
}

interface AddressProps {
  address: string;
  wrong: boolean;
  onChange: (address: string) => void;
}

function Address({ address, wrong, onChange }: AddressProps) {
  const where = whereabouts(address);
  const port = location.port === '' ? '' : `:${location.port}`;
  return (
    <>
      <TextInput
        label={t('address')}
        value={address}
        onChange={onChange}
        type="url"
        code
        hint={t('addressHint')}
        error={wrong ? t('addressWrong') : null}
      />
      {where === 'local' && <Notice tone="soft">{t('local', { port })}</Notice>}
      {where === 'space' && <Notice tone="soft">{t('space')}</Notice>}
      {where === 'plain' && <Notice tone="soft">{t('plain')}</Notice>}
    </>
  );
}

function ModelChoice({ model, onChange }: { model: string; onChange: (model: string) => void }) {
  const models = useResource(signal => ask<{ data: { id: string }[] }>('/v1/models', { signal }));
  const known = models.data?.data.map(one => one.id) ?? [];
  const names = known.includes(model) ? known : [model, ...known];
  return (
    <Select
      label={t('model')}
      value={model}
      choices={names.map(name => ({ value: name, label: name }))}
      onChange={onChange}
      hint={model === 'auto' ? t('autoHint') : undefined}
    />
  );
}

/** All apps; choosing one leaves the key where it is. */
function Apps({ chosen }: { chosen: App }) {
  const list = useRef<HTMLElement>(null);
  const choose = (app: App) => {
    setParams({ app: app.id });
    // Where the list stands above the guide, the guide is out of sight.
    requestAnimationFrame(() => {
      const guide = document.getElementById('guide-name');
      if (guide && guide.getBoundingClientRect().top > innerHeight * 0.7) {
        guide.scrollIntoView({ block: 'start' });
        guide.focus({ preventScroll: true });
      }
    });
  };
  return (
    <nav class="apps" aria-label={t('apps')} ref={list}>
      {GROUPS.map(group => (
        <div key={group} class="apps-group">
          <p class="apps-name" id={`apps-${group}`}>
            {t(`group.${group}`)}
          </p>
          <ul aria-labelledby={`apps-${group}`}>
            {APPS.filter(app => app.group === group).map(app => (
              <li key={app.id}>
                <button
                  type="button"
                  class={classes('app', app === chosen && 'app-chosen')}
                  aria-pressed={app === chosen}
                  onClick={() => choose(app)}
                >
                  {t.maybe(`app.${app.id}`, app.name)}
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
