import { useId, useState } from 'preact/hooks';
import { t as shared } from '../../i18n/words';
import { Button, IconButton } from '../../parts/Button';
import { classes } from '../../parts/classes';
import { Dialog } from '../../parts/Dialog';
import { Icon } from '../../parts/Icon';
import { TextInput } from '../../parts/inputs';
import { Notice } from '../../parts/Notice';
import { toast } from '../../parts/Toast';
import { useAction } from '../../parts/useAction';
import type { Served } from '../../service/types';
import { change, find, saidOf, same, without } from './saving';
import { knownWays } from './source';
import { useOrder } from './useOrder';
import { t } from './words';

interface RouteEditorProps {
  served: Served;
  /** The name whose route is changed; null for a new one. */
  name: string | null;
  reload: () => void;
  onClose: () => void;
}

/** Changes who is asked for a name, and in which order. */
export function RouteEditor({ served, name: given, reload, onClose }: RouteEditorProps) {
  const [name, setName] = useState(given ?? '');
  const [before, setBefore] = useState(given === null ? undefined : find(served.names.routes, given));
  const usual = served.models.find(one => given !== null && same(one.name, given))?.ways ?? [];
  const order = useOrder(before ?? usual);
  const saving = useAction(async (ways: string[]) => {
    const asked = name.trim();
    if (asked === '') throw new Error(t('route.nameless'));
    await change('routes', held => {
      const now = find(held, asked);
      if (JSON.stringify(now) !== JSON.stringify(given === null ? undefined : before)) {
        setBefore(now);
        order.setWays(now ?? []);
        throw new Error(t('route.changed'));
      }
      const rest = without(held, asked);
      return ways.length === 0 ? rest : { ...rest, [asked]: ways };
    });
    toast(t(ways.length === 0 ? 'route.removed' : 'route.saved', { name: asked }));
    reload();
    onClose();
  });
  const error = saidOf(saving.error);
  const wrong = order.ways.find(way => error?.includes(`\`${way}\``)) ?? null;
  const nameless = error !== null && name.trim() === '';
  return (
    <Dialog
      open
      title={given === null ? t('route.new') : t('route.title', { name: given })}
      onClose={onClose}
      actions={
        <>
          {before !== undefined && (
            <Button variant="danger" class="route-remove" onPress={() => saving.run([])}>
              {t('route.remove')}
            </Button>
          )}
          <Button onPress={onClose}>{shared('action.cancel')}</Button>
          <Button
            variant="primary"
            busy={saving.busy}
            disabled={order.ways.length === 0 && before === undefined}
            onPress={() => void saving.run(order.ways)}
          >
            {t('route.save')}
          </Button>
        </>
      }
    >
      <p class="note">{t('route.lead')}</p>
      {given === null && (
        <TextInput
          label={t('route.name')}
          code
          value={name}
          placeholder="qwen3-max"
          onChange={setName}
          error={nameless ? error : null}
        />
      )}
      {error !== null && wrong === null && !nameless && <Notice tone="vermilion">{error}</Notice>}
      <WayList order={order} wrong={wrong} error={error} />
      <p class="unseen" aria-live="polite">
        {order.said}
      </p>
      <NewWay served={served} order={order} />
    </Dialog>
  );
}

type Order = ReturnType<typeof useOrder>;

function WayList({ order, wrong, error }: { order: Order; wrong: string | null; error: string | null }) {
  if (order.ways.length === 0) return <p class="note">{t('route.none')}</p>;
  return (
    <ol class="route-ways" ref={order.list} aria-label={t('route.ways')}>
      {order.ways.map((way, index) => (
        <li key={way} data-way={way} class={classes('route-way', order.dragged === way && 'route-dragged')}>
          {/* Keyboards have the buttons beside it. */}
          <span
            class="route-grip"
            title={t('route.grip')}
            onPointerDown={event => {
              event.preventDefault();
              event.currentTarget.setPointerCapture(event.pointerId);
              order.setDragged(way);
            }}
            onPointerMove={event => order.drag(event.clientY)}
            onPointerUp={() => order.setDragged(null)}
            onPointerCancel={() => order.setDragged(null)}
          >
            <Icon name="grip" />
          </span>
          <span class="route-number">{index + 1}</span>
          <code>{way}</code>
          <span class="route-buttons">
            <IconButton
              icon="up"
              label={t('route.up', { way })}
              disabled={index === 0}
              onPress={() => order.move(way, -1)}
            />
            <IconButton
              icon="down"
              label={t('route.down', { way })}
              disabled={index === order.ways.length - 1}
              onPress={() => order.move(way, 1)}
            />
            <IconButton icon="close" label={t('route.drop', { way })} onPress={() => order.drop(way)} />
          </span>
          {wrong === way && (
            <p class="field-error" role="alert">
              {error}
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}

function NewWay({ served, order }: { served: Served; order: Order }) {
  const [way, setWay] = useState('');
  const [twice, setTwice] = useState(false);
  const known = useId();
  const add = () => {
    const next = way.trim();
    if (next === '') return;
    setTwice(order.ways.includes(next));
    if (order.ways.includes(next)) return;
    order.add(next);
    setWay('');
  };
  return (
    <form
      class="pair-form route-add"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        add();
      }}
    >
      <TextInput
        label={t('route.add')}
        hint={t('route.add.hint')}
        code
        list={known}
        value={way}
        placeholder="deepseek/deepseek-chat"
        onChange={setWay}
        error={twice ? t('route.add.twice') : null}
      />
      <datalist id={known}>
        {knownWays(served)
          .filter(one => !order.ways.includes(one))
          .map(one => (
            <option key={one} value={one} />
          ))}
      </datalist>
      <Button type="submit" icon="plus">
        {t('route.add.do')}
      </Button>
    </form>
  );
}
