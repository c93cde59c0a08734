import { Button } from '../../parts/Button';
import { Section } from '../../parts/Section';
import { go } from '../../router';
import type { Served } from '../../service/types';
import { ResetButton } from './ResetButton';
import { Ways } from './Ways';
import { t } from './words';

/** The owner's routes: for which names, and who is asked in which order. */
export function Routes({ served, reload }: { served: Served; reload: () => void }) {
  const routes = Object.entries(served.names.routes);
  return (
    <Section
      title={t('routes')}
      note={t('routes.note')}
      actions={routes.length > 0 && <ResetButton part="routes" reload={reload} />}
    >
      {routes.length === 0 && <p class="note">{t('routes.empty')}</p>}
      <ul class="pairs">
        {routes.map(([name, ways]) => (
          <li key={name}>
            <div class="route-said">
              <code class="name">{name}</code>
              <Ways ways={ways} />
            </div>
            <Button
              small
              icon="edit"
              label={t('route.edit.name', { name })}
              onPress={() => go('models', null, { route: name })}
            >
              {t('route.edit')}
            </Button>
          </li>
        ))}
      </ul>
      <Button class="route-new" icon="plus" onPress={() => go('models', null, { route: '+' })}>
        {t('route.new')}
      </Button>
    </Section>
  );
}
