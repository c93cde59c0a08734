import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from './words';

/** A list that its reader brings in order: by buttons, or by dragging a row by its grip. Each change is said. */
export function useOrder(first: readonly string[]) {
  const [ways, setWays] = useState<string[]>([...first]);
  const [said, setSaid] = useState('');
  const [dragged, setDragged] = useState<string | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const focus = useRef<{ way: string; up: boolean } | null>(null);

  // The row that was moved is taken out and put in by the browser, which loses the focus of its button.
  useEffect(() => {
    const wanted = focus.current;
    focus.current = null;
    if (wanted === null) return;
    const rows = [...(list.current?.children ?? [])];
    const row = rows.find(one => (one as HTMLElement).dataset.way === wanted.way);
    const [up, down] = row?.querySelectorAll<HTMLButtonElement>('button') ?? [];
    const [best, other] = wanted.up ? [up, down] : [down, up];
    (best?.disabled ? other : best)?.focus();
  }, [ways]);

  const place = (way: string, to: number) => {
    const next = ways.filter(one => one !== way);
    next.splice(to, 0, way);
    setWays(next);
    setSaid(t('route.moved', { way, n: to + 1, all: next.length }));
  };
  const move = (way: string, by: 1 | -1) => {
    const to = ways.indexOf(way) + by;
    if (to < 0 || to >= ways.length) return;
    focus.current = { way, up: by < 0 };
    place(way, to);
  };
  const add = (way: string) => {
    setWays([...ways, way]);
    setSaid(t('route.put', { way, n: ways.length + 1, all: ways.length + 1 }));
  };
  const drop = (way: string) => {
    setWays(ways.filter(one => one !== way));
    setSaid(t('route.taken', { way }));
  };
  /** Where the pointer is, the dragged row goes. */
  const drag = (y: number) => {
    if (dragged === null || list.current === null) return;
    const rows = [...list.current.children];
    const others = rows.filter(row => (row as HTMLElement).dataset.way !== dragged);
    const to = others.filter(row => {
      const box = row.getBoundingClientRect();
      return y > box.top + box.height / 2;
    }).length;
    if (ways.indexOf(dragged) !== to) place(dragged, to);
  };
  return { ways, setWays, said, list, dragged, setDragged, move, add, drop, drag };
}
