import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from './i18n/words';
import { SignIn } from './pages/signin';
import { Button } from './parts/Button';
import { EmptyState } from './parts/EmptyState';
import { ErrorState } from './parts/ErrorState';
import { Page } from './parts/Page';
import { Skeleton } from './parts/Skeleton';
import { Toasts } from './parts/Toast';
import { go, page, place } from './router';
import { start, stop } from './service/live';
import { look, standing } from './service/session';
import { Lazy } from './shell/Lazy';
import { Shell } from './shell/Shell';

effect(() => {
  const name = page.value;
  const title = standing.value === 'in' ? t(name === null ? 'page.missing' : `page.${name}`) : '千桥';
  document.title = `${title} · qianqiao`;
});

effect(() => {
  if (standing.value === 'in') start();
  else stop();
});

export function App() {
  useEffect(() => {
    void look();
  }, []);
  return (
    <>
      <Body />
      <Toasts />
    </>
  );
}

function Body() {
  switch (standing.value) {
    case 'in':
      return (
        <Shell>
          <Content />
        </Shell>
      );
    case 'out':
      return <SignIn />;
    case 'unreachable':
      return (
        <main class="alone">
          <ErrorState error={new Error(t('problem.network'))} retry={() => void look()} />
        </main>
      );
    default:
      return (
        <main class="alone">
          <Skeleton lines={2} retry={() => void look()} />
        </main>
      );
  }
}

function Content() {
  const { page: name } = place.value;
  if (name !== null) return <Lazy key={name} name={name} />;
  return (
    <Page title={t('page.missing')}>
      <EmptyState
        title={t('page.missing.lead')}
        actions={<Button onPress={() => go('overview')}>{t('page.missing.mend')}</Button>}
      />
    </Page>
  );
}
