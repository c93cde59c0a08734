import './models.css';
import { Button } from '../../parts/Button';
import { EmptyState } from '../../parts/EmptyState';
import { Loaded } from '../../parts/Loaded';
import { Page } from '../../parts/Page';
import { Section } from '../../parts/Section';
import { useResource } from '../../parts/useResource';
import { go, link, params } from '../../router';
import { ask } from '../../service/client';
import { state } from '../../service/live';
import type { Served } from '../../service/types';
import { Aliases } from './Aliases';
import { NameTable } from './NameTable';
import { Providers } from './Providers';
import { ResetButton } from './ResetButton';
import { RouteEditor } from './RouteEditor';
import { Routes } from './Routes';
import { t } from './words';

export default function Models() {
  // Models come and go with accounts, which the live state tells of.
  const served = useResource(
    signal => ask<Served>('/admin/api/models', { signal }),
    [JSON.stringify(state.value?.providers ?? null)],
  );
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Loaded resource={served} lines={8}>
        {data => <Content served={data} reload={served.reload} />}
      </Loaded>
    </Page>
  );
}

function Content({ served, reload }: { served: Served; reload: () => void }) {
  const { route } = params.value;
  if (served.models.every(model => model.ways.length === 0)) {
    return (
      <EmptyState
        title={t('empty')}
        actions={
          <Button variant="primary" onPress={() => go('accounts', null, { paste: 'new' })}>
            {t('empty.do')}
          </Button>
        }
      >
        {t('empty.text')}
      </EmptyState>
    );
  }
  return (
    <>
      <Section
        title={t('names')}
        note={t('names.note')}
        actions={served.names.hidden.length > 0 && <ResetButton part="hidden" reload={reload} />}
      >
        <NameTable served={served} reload={reload} />
      </Section>
      <div class="models-two">
        <Routes served={served} reload={reload} />
        <Aliases served={served} reload={reload} />
      </div>
      <Providers providers={served.providers} />
      {route !== undefined && (
        <RouteEditor
          key={route}
          served={served}
          name={route === '+' ? null : route}
          reload={reload}
          onClose={() => location.replace(link('models'))}
        />
      )}
    </>
  );
}
