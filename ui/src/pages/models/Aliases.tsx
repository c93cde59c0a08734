import { useId, useState } from 'preact/hooks';
import { Button, IconButton } from '../../parts/Button';
import { TextInput } from '../../parts/inputs';
import { Section } from '../../parts/Section';
import { toast } from '../../parts/Toast';
import { useAction } from '../../parts/useAction';
import type { Served } from '../../service/types';
import { ResetButton } from './ResetButton';
import { change, find, saidOf, without } from './saving';
import { t } from './words';

interface AliasesProps {
  served: Served;
  reload: () => void;
}

/** The owner's other names for models. */
export function Aliases({ served, reload }: AliasesProps) {
  const aliases = Object.entries(served.names.aliases);
  const drop = async (name: string) => {
    await change('aliases', held => without(held, name));
    toast(t('alias.removed', { name }));
    reload();
  };
  return (
    <Section
      title={t('aliases')}
      note={t('aliases.note')}
      actions={aliases.length > 0 && <ResetButton part="aliases" reload={reload} />}
    >
      {aliases.length === 0 && <p class="note">{t('aliases.empty')}</p>}
      <ul class="pairs">
        {aliases.map(([name, model]) => (
          <li key={name}>
            <span class="pair">
              <code class="name">{name}</code>
              <span class="pair-arrow" aria-hidden="true">
                →
              </span>
              <code>{model}</code>
            </span>
            <IconButton icon="remove" label={t('alias.remove', { name })} onPress={() => drop(name)} />
          </li>
        ))}
      </ul>
      <NewAlias served={served} reload={reload} />
    </Section>
  );
}

function NewAlias({ served, reload }: AliasesProps) {
  const [name, setName] = useState('');
  const [model, setModel] = useState('');
  const known = useId();
  const adding = useAction(async () => {
    const [own, target] = [name.trim(), model.trim()];
    if (own === '' || target === '') throw new Error(t('alias.missing'));
    await change('aliases', held => {
      if (find(held, own) !== undefined) throw new Error(t('alias.taken', { name: own }));
      return { ...held, [own]: target };
    });
    toast(t('alias.added', { name: own, model: target }));
    setName('');
    setModel('');
    reload();
  });
  const error = saidOf(adding.error);
  // The service says what is wrong with the value as a whole; what the model is not is said at the model.
  const atModel = error !== null && /means/.test(error) && !/another name/.test(error);
  return (
    <form
      class="pair-form"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void adding.run();
      }}
    >
      <TextInput
        label={t('alias.name')}
        code
        value={name}
        placeholder="gpt-4o"
        onChange={setName}
        error={atModel ? null : error}
      />
      <TextInput
        label={t('alias.model')}
        code
        list={known}
        value={model}
        placeholder="auto"
        onChange={setModel}
        error={atModel ? error : null}
      />
      <datalist id={known}>
        {served.models
          .filter(one => find(served.names.aliases, one.name) === undefined)
          .map(one => (
            <option key={one.name} value={one.name} />
          ))}
      </datalist>
      <Button type="submit" icon="plus" busy={adding.busy}>
        {t('alias.add')}
      </Button>
    </form>
  );
}
