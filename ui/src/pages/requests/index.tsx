import { useRef, useState } from 'preact/hooks';
import { t as shared } from '../../i18n/words';
import { Button } from '../../parts/Button';
import { Select } from '../../parts/choices';
import { EmptyState } from '../../parts/EmptyState';
import { Loaded } from '../../parts/Loaded';
import { Page } from '../../parts/Page';
import { go, params } from '../../router';
import type { Call, Outcome } from '../../service/figures';
import { Filters } from '../usage/Filters';
import { NobodyAsked } from '../usage/NobodyAsked';
import { useDirectory } from '../usage/names';
import { CallTable } from './CallTable';
import { Details } from './Details';
import { type CallFilters, type Feed, useFeed } from './useFeed';
import { t } from './words';
import './requests.css';

const OUTCOMES: readonly Outcome[] = [
  'answered',
  'refused',
  'rate',
  'account',
  'upstream',
  'timeout',
  'abandoned',
  'internal',
];

export default function RequestsPage() {
  const filters = filtersOf(params.value);
  const directory = useDirectory();
  const [paused, setPaused] = useState(false);
  const [open, setOpen] = useState<Call | null>(null);
  const top = useRef<HTMLDivElement>(null);
  // Rows must not move under the eye of a reader who has scrolled down to some, or has one open.
  const scrolled = () => (top.current?.getBoundingClientRect().top ?? 0) < -40;
  const hold = () => paused || open !== null || scrolled();
  const feed = useFeed(filters, hold);
  const close = () => {
    setOpen(null);
    if (!paused && !scrolled()) feed.release();
  };
  const resume = () => {
    setPaused(false);
    feed.release();
  };
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      actions={
        <Button
          icon={paused ? 'play' : 'pause'}
          onPress={() => (paused ? resume() : setPaused(true))}
          label={paused ? t('resume.long') : t('pause.long')}
        >
          {paused ? t('resume') : t('pause')}
        </Button>
      }
    >
      <CallFilterBar filters={filters} directory={directory.data} />
      <div class="calls" ref={top} aria-busy={feed.page.loading}>
        <Arrivals
          feed={feed}
          paused={paused}
          onShow={() => {
            feed.release();
            top.current?.scrollIntoView({ block: 'nearest' });
            window.scrollTo({ top: 0 });
          }}
        />
        <Loaded resource={feed.page} lines={8}>
          {data =>
            data.requests.length === 0 ? (
              <Nothing filtered={Object.keys(filters).length > 0} />
            ) : (
              <>
                <CallTable
                  calls={data.requests}
                  fresh={feed.fresh}
                  directory={directory.data}
                  onOpen={setOpen}
                />
                <Older more={data.next !== null} count={data.requests.length} onMore={feed.older} />
              </>
            )
          }
        </Loaded>
      </div>
      <Details call={open} directory={directory.data} onClose={close} />
    </Page>
  );
}

function CallFilterBar({
  filters,
  directory,
}: {
  filters: CallFilters;
  directory: Parameters<typeof Filters>[0]['directory'];
}) {
  const change = (some: CallFilters) => go('requests', null, { ...filters, ...some });
  const outcome = OUTCOMES.find(one => one === filters.outcome) ?? '';
  return (
    <Filters
      values={filters}
      directory={directory}
      empty={['key', 'account']}
      onChange={change}
      onClear={Object.keys(filters).length > 0 ? () => go('requests') : null}
    >
      <Select
        label={t('outcome')}
        value={outcome}
        choices={[
          { value: '', label: t('outcome.all') },
          ...OUTCOMES.map(value => ({ value, label: shared(`outcome.${value}`) })),
        ]}
        onChange={value => change({ outcome: value })}
      />
    </Filters>
  );
}

/** Says that calls came in meanwhile; always there, so that a screen reader hears when that changes. */
function Arrivals({ feed, paused, onShow }: { feed: Feed; paused: boolean; onShow: () => void }) {
  return (
    <div class="arrivals" role="status">
      {feed.held > 0 ? (
        <Button class="arrivals-pill" icon="up" small onPress={onShow}>
          {t('new', { n: feed.held })}
        </Button>
      ) : (
        paused && <p class="note">{t('paused')}</p>
      )}
    </div>
  );
}

function Older({ more, count, onMore }: { more: boolean; count: number; onMore: () => Promise<void> }) {
  return (
    <div class="calls-foot">
      {more ? <Button onPress={onMore}>{t('older')}</Button> : null}
      <p class="note">{more ? t('shown', { n: count }) : t('end', { n: count })}</p>
    </div>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState
        title={t('empty.filtered')}
        actions={<Button onPress={() => go('requests')}>{t('empty.clear')}</Button>}
      >
        {t('empty.filteredText')}
      </EmptyState>
    );
  }
  return <NobodyAsked title={t('empty')} text={t('empty.text')} />;
}

function filtersOf(said: Record<string, string>): CallFilters {
  const names = ['key', 'model', 'account', 'outcome'] as const;
  return Object.fromEntries(names.filter(name => said[name]).map(name => [name, said[name]]));
}
