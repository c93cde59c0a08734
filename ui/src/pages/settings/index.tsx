import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { Page } from '../../parts/Page';
import { Tabs } from '../../parts/Tabs';
import { params, setParams } from '../../router';
import { About } from './About';
import { Audit } from './Audit';
import { Behaviour } from './Behaviour';
import { Data } from './Data';
import { EnvironmentTable } from './EnvironmentTable';
import { Notices } from './Notices';
import { Security } from './Security';
import { t } from './words';
import './settings.css';

const PANELS = {
  behaviour: Behaviour,
  security: Security,
  notices: Notices,
  data: Data,
  environment: EnvironmentTable,
  audit: Audit,
  about: About,
} satisfies Record<string, ComponentType>;

type PanelName = keyof typeof PANELS;
const NAMES = Object.keys(PANELS) as PanelName[];

export default function Settings() {
  const chosen = NAMES.find(name => name === params.value.tab) ?? 'behaviour';
  const Panel = PANELS[chosen];
  // On a phone the row of tabs is wider than the page.
  useEffect(() => {
    const tab = document.querySelector('.tab[aria-selected="true"]');
    tab?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [chosen]);
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Tabs
        label={t('title')}
        value={chosen}
        tabs={NAMES.map(name => ({ value: name, label: t(`tab.${name}`) }))}
        onChange={tab => setParams({ tab })}
      >
        <div class="settings-panel">
          <Panel />
        </div>
      </Tabs>
    </Page>
  );
}
