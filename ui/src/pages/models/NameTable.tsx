import { useState } from 'preact/hooks';
import { Button, IconButton } from '../../parts/Button';
import { Segmented, Switch } from '../../parts/choices';
import { copy } from '../../parts/copy';
import { EmptyState } from '../../parts/EmptyState';
import { TextInput } from '../../parts/inputs';
import { type Column, Table } from '../../parts/Table';
import { toast } from '../../parts/Toast';
import { told } from '../../parts/told';
import { go, link } from '../../router';
import type { Names, Served, ServedModel } from '../../service/types';
import { change, find, same } from './saving';
import { isMine, sourceOf } from './source';
import { Ways } from './Ways';
import { t } from './words';

type Shown = 'all' | 'listed' | 'hidden' | 'mine';

/** Some providers name hundreds of models. */
const AT_ONCE = 60;

/** Every name that can be asked for. */
export function NameTable({ served, reload }: { served: Served; reload: () => void }) {
  const [word, setWord] = useState('');
  const [shown, setShown] = useState<Shown>('all');
  const [most, setMost] = useState(AT_ONCE);
  const fitting = served.models.filter(model => fits(model, served.names, word, shown));
  const left = fitting.length - most;
  return (
    <div class="stack">
      <div class="names-filter">
        <TextInput
          type="search"
          label={t('search')}
          labelUnseen
          placeholder={t('search')}
          value={word}
          onChange={setWord}
        />
        <Segmented
          label={t('show')}
          value={shown}
          onChange={setShown}
          choices={(['all', 'listed', 'hidden', 'mine'] as const).map(value => ({
            value,
            label: t(`show.${value}`),
          }))}
        />
      </div>
      <Table
        caption={t('names')}
        columns={columns(served.names, reload)}
        rows={fitting.slice(0, most)}
        rowKey={model => model.name}
        rowClass={model => (model.hidden ? 'name-hidden' : undefined)}
        empty={<EmptyState title={t('names.none')}>{t('names.none.text')}</EmptyState>}
      />
      {left > 0 && (
        <Button onPress={() => setMost(most + AT_ONCE * 4)}>
          {t('names.more', { n: Math.min(left, AT_ONCE * 4) })}
        </Button>
      )}
    </div>
  );
}

function fits(model: ServedModel, names: Names, word: string, shown: Shown): boolean {
  if (shown === 'mine' && !isMine(model, names)) return false;
  if (shown === 'hidden' && !model.hidden) return false;
  if (shown === 'listed' && model.hidden) return false;
  const wanted = word.trim().toLowerCase();
  return [model.name, ...model.ways].some(text => text.toLowerCase().includes(wanted));
}

function columns(names: Names, reload: () => void): Column<ServedModel>[] {
  return [
    {
      key: 'name',
      head: t('col.name'),
      main: true,
      sort: model => model.name,
      cell: model => <code class="name">{model.name}</code>,
    },
    {
      key: 'source',
      head: t('col.source'),
      sort: model => sourceOf(model, names),
      cell: model => <SourceWords model={model} names={names} />,
    },
    { key: 'ways', head: t('col.ways'), cell: model => <Ways ways={model.ways} /> },
    {
      key: 'listed',
      head: t('col.listed'),
      cell: model => <Listed model={model} reload={reload} />,
    },
    {
      key: 'do',
      head: t('col.do'),
      headUnseen: true,
      end: true,
      cell: model => <Actions name={model.name} />,
    },
  ];
}

function SourceWords({ model, names }: { model: ServedModel; names: Names }) {
  const source = sourceOf(model, names);
  const target = find(names.aliases, model.name) ?? '';
  const routed = source !== 'route' && find(names.routes, model.name) !== undefined;
  return (
    <span class="name-source">
      {source === 'alias' ? t('source.alias', { model: target }) : t(`source.${source}`)}
      {routed && <span class="name-routed">{t('source.route')}</span>}
    </span>
  );
}

function Listed({ model, reload }: { model: ServedModel; reload: () => void }) {
  const [busy, setBusy] = useState(false);
  const set = async (listed: boolean) => {
    setBusy(true);
    try {
      await change('hidden', held => {
        const rest = held.filter(one => !same(one, model.name));
        return listed ? rest : [...rest, model.name];
      });
      toast(t(listed ? 'listed' : 'hidden', { name: model.name }));
    } catch (error) {
      toast(told(error), 'bad');
    }
    setBusy(false);
    reload();
  };
  return (
    <Switch
      label={t('listed.name', { name: model.name })}
      labelUnseen
      checked={!model.hidden}
      disabled={busy}
      onChange={listed => void set(listed)}
    />
  );
}

function Actions({ name }: { name: string }) {
  return (
    <span class="name-actions">
      <a
        class="button button-quiet button-small"
        href={link('playground', null, { model: name })}
        aria-label={t('try.name', { name })}
      >
        {t('try')}
      </a>
      <IconButton
        icon="models"
        label={t('order.name', { name })}
        onPress={() => go('models', null, { route: name })}
      />
      <IconButton
        icon="copy"
        label={t('copy.name', { name })}
        onPress={async () => {
          if (await copy(name)) toast(t('copied.name', { name }));
        }}
      />
    </span>
  );
}
