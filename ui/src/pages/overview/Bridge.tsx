import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { now } from '../../service/clock';
import type { State } from '../../service/figures';
import { freshness, onRequest } from '../../service/live';
import type { Account } from '../../service/types';
import { Arch } from './Arch';
import { ArchLabel } from './ArchLabel';
import {
  BANK,
  bridges,
  deck,
  deckLine,
  HEIGHT,
  mirrorLine,
  type Opening,
  openings,
  stone,
  WATER,
} from './geometry';
import { t } from './words';

/** Below this width an arch is a row of a list. */
const NARROW = 560;
const MOST_LIGHTS = 9;

/** The accounts as the bridge that every request crosses. To a screen reader it is a list. */
export function Bridge({ state }: { state: State }) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const answered = useAnswered();
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const watcher = new ResizeObserver(() => setWidth(element.clientWidth));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  return (
    <div class="bridge" ref={frame}>
      <p class="bridge-ends">
        <span>{state.active_keys === 0 ? t('bridge.alone') : t('bridge.you', { n: state.active_keys })}</span>
        <span class="bridge-way">
          {state.under_way === 0 ? t('bridge.still') : t('bridge.way', { n: state.under_way })}
        </span>
        <span>{t('bridge.there', { n: state.providers.length })}</span>
      </p>
      {width > 0 && width < NARROW && <Listed accounts={state.accounts} />}
      {width >= NARROW &&
        bridges(state.accounts, width).map((row, index) => (
          <Row
            key={row[0]?.id}
            accounts={row}
            width={width}
            lights={index === 0 && freshness.value.kind !== 'stale' ? state.under_way : 0}
            answered={answered}
          />
        ))}
    </div>
  );
}

interface RowProps {
  accounts: Account[];
  width: number;
  lights: number;
  answered: Record<string, number>;
}

function Row({ accounts, width, lights, answered }: RowProps) {
  const arches = openings(accounts.length, width);
  const fade = useId();
  return (
    <div class="bridge-row">
      <svg
        class="bridge-drawing"
        viewBox={`0 0 ${width} ${HEIGHT}`}
        width={width}
        height={HEIGHT}
        aria-hidden="true"
      >
        <defs>
          <linearGradient id={fade}>
            <stop class="bridge-stone-end" offset="0" />
            <stop class="bridge-stone-full" offset="0.09" />
            <stop class="bridge-stone-full" offset="0.91" />
            <stop class="bridge-stone-end" offset="1" />
          </linearGradient>
        </defs>
        <path fill={`url(#${fade})`} fill-rule="evenodd" d={stone(width, arches)} />
        <Rail width={width} />
        <path class="bridge-deck" d={deckLine(width)} />
        {accounts.map((account, index) => {
          const opening = arches[index];
          if (opening === undefined) return null;
          return (
            <g key={account.id}>
              <Arch account={account} opening={opening} now={now.value} />
              <path class={`bridge-mirror bridge-mirror-${account.state}`} d={mirrorLine(opening)} />
              <Ripple opening={opening} count={answered[account.id] ?? 0} />
            </g>
          );
        })}
        <path class="bridge-water" d={`M0 ${WATER + 3}H${width}`} />
      </svg>
      <Lights count={lights} width={width} />
      <ul
        class="bridge-list"
        style={{
          gridTemplateColumns: `repeat(${accounts.length}, minmax(0, 1fr))`,
          paddingInline: `${BANK}px`,
        }}
      >
        {accounts.map(account => (
          <li key={account.id}>
            <ArchLabel account={account} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What is under way, as lanterns over the deck. */
function Lights({ count, width }: { count: number; width: number }) {
  const offsetPath = `path("${deckLine(width, 5)}")`;
  return (
    <>
      {Array.from({ length: Math.min(count, MOST_LIGHTS) }, (_, light) => (
        <span
          key={light}
          class="bridge-light"
          style={{
            offsetPath,
            animationDelay: `${-((light * 2.4) % 7)}s`,
            animationDuration: `${6 + (light % 3)}s`,
          }}
        />
      ))}
    </>
  );
}

function Rail({ width }: { width: number }) {
  const posts = Math.max(4, Math.round((width - 12) / 24));
  const step = (width - 12) / posts;
  const lines = Array.from({ length: posts + 1 }, (_, post) => {
    const x = 6 + post * step;
    return `M${x.toFixed(1)} ${(deck(x, width) - 12).toFixed(1)}v12`;
  });
  return <path class="bridge-rail" d={`${deckLine(width, 11, 6, width - 6)}${lines.join('')}`} />;
}

/** A ring on the water for each answer that came from this account. */
function Ripple({ opening, count }: { opening: Opening; count: number }) {
  if (count === 0) return null;
  return (
    <ellipse
      key={count}
      class="bridge-ripple"
      cx={opening.x}
      cy={WATER + 3}
      rx={opening.half * 0.55}
      ry={6}
    />
  );
}

/** How many answers each account gave since the page was opened. */
function useAnswered(): Record<string, number> {
  const [answered, setAnswered] = useState<Record<string, number>>({});
  useEffect(
    () =>
      onRequest(({ account, outcome }) => {
        if (account === null || outcome !== 'answered') return;
        setAnswered(last => ({ ...last, [account]: (last[account] ?? 0) + 1 }));
      }),
    [],
  );
  return answered;
}

const SMALL: Opening = { x: 36, half: 28, top: 12 };
const SMALL_FOOT = 50;

/** The same on a phone: one arch under another. */
function Listed({ accounts }: { accounts: Account[] }) {
  return (
    <ul class="bridge-rows">
      {accounts.map(account => (
        <li key={account.id}>
          <svg viewBox="0 0 72 54" width="72" height="54" aria-hidden="true">
            <path class="bridge-deck" d="M0 4H72" />
            <Arch account={account} opening={SMALL} now={now.value} foot={SMALL_FOOT} />
          </svg>
          <ArchLabel account={account} />
        </li>
      ))}
    </ul>
  );
}
