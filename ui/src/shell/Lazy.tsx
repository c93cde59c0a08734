import { effect } from '@preact/signals';
import { Component, type ComponentChildren, type ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/words';
import { Button } from '../parts/Button';
import { ErrorState } from '../parts/ErrorState';
import { Skeleton } from '../parts/Skeleton';
import { useResource } from '../parts/useResource';
import type { PageName } from '../router';
import { standing } from '../service/session';

type Module = { default: ComponentType };

/** Each page is a file of its own, fetched when it is first gone to. */
const MODULES: Record<PageName, () => Promise<Module>> = {
  overview: () => import('../pages/overview'),
  accounts: () => import('../pages/accounts'),
  models: () => import('../pages/models'),
  keys: () => import('../pages/keys'),
  usage: () => import('../pages/usage'),
  requests: () => import('../pages/requests'),
  playground: () => import('../pages/playground'),
  connect: () => import('../pages/connect'),
  settings: () => import('../pages/settings'),
};

export function Lazy({ name }: { name: PageName }) {
  const loaded = useResource(() => MODULES[name](), [name]);
  if (loaded.data !== null) {
    const Loaded = loaded.data.default;
    return (
      <Guard>
        <Arrived>
          <Loaded />
        </Arrived>
      </Guard>
    );
  }
  if (loaded.error === null || loaded.loading) return <Skeleton lines={4} retry={loaded.reload} />;
  return (
    <div class="page">
      <ErrorState title={t('error.page')} error={new Error(t('error.pageHint'))} retry={loaded.reload} />
      <Button variant="quiet" onPress={() => location.reload()}>
        {t('action.reload')}
      </Button>
    </div>
  );
}

let first = true;

// Whoever signs in leaves the form where the focus was.
effect(() => {
  if (standing.value === 'out') first = false;
});

/** Moves the focus to the heading of a page that was gone to, so that a screen reader reads it and Tab goes on from there. */
function Arrived({ children }: { children: ComponentChildren }) {
  useEffect(() => {
    if (!first) {
      window.scrollTo(0, 0);
      document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
    }
    first = false;
  }, []);
  return <>{children}</>;
}

/** Keeps a page that breaks from taking the others with it. */
class Guard extends Component<{ children: ComponentChildren }, { error: unknown }> {
  override state = { error: null as unknown };

  static override getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <div class="page">
        <ErrorState
          title={t('error.broken')}
          error={this.state.error}
          retry={() => this.setState({ error: null })}
        />
      </div>
    );
  }
}
