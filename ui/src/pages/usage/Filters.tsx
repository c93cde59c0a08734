import type { ComponentChildren } from 'preact';
import { Button } from '../../parts/Button';
import { type Choice, Select } from '../../parts/choices';
import { t } from './filterWords';
import { type Directory, EMPTY, type Kind, nameOf } from './names';
import './filters.css';

export type FilterValues = Partial<Record<Kind, string>>;

interface FiltersProps {
  /** As they stand in the address: empty for all, `EMPTY` for the empty name. */
  values: FilterValues;
  directory: Directory | null;
  /** Which kinds also have an empty name here. */
  empty: readonly Kind[];
  onChange: (change: FilterValues) => void;
  /** Whether anything is filtered, and what takes that away. */
  onClear: (() => void) | null;
  /** More of them. */
  children?: ComponentChildren;
}

const KINDS: readonly Kind[] = ['key', 'model', 'account'];

/** Narrows what is shown to a key, a model, an account. */
export function Filters({ values, directory, empty, onChange, onClear, children }: FiltersProps) {
  return (
    <div class="filters" role="group" aria-label={t('filters')}>
      {KINDS.map(kind => (
        <Select
          key={kind}
          label={t(kind)}
          value={values[kind] ?? ''}
          choices={choices(kind, values[kind] ?? '', directory, empty.includes(kind))}
          onChange={value => onChange({ [kind]: value })}
        />
      ))}
      {children}
      {onClear && (
        <Button variant="quiet" icon="close" onPress={onClear}>
          {t('clear')}
        </Button>
      )}
    </div>
  );
}

function choices(kind: Kind, value: string, directory: Directory | null, empty: boolean): Choice<string>[] {
  const known = idsOf(kind, directory);
  // What an address asks for is shown even if the service has forgotten it.
  const ids = value === '' || value === EMPTY || known.includes(value) ? known : [value, ...known];
  return [
    { value: '', label: t(`all.${kind}`) },
    ...(empty || value === EMPTY ? [{ value: EMPTY, label: nameOf(kind, '', directory) }] : []),
    ...ids.map(id => ({ value: id, label: labelOf(kind, id, directory) })),
  ];
}

function idsOf(kind: Kind, directory: Directory | null): string[] {
  if (directory === null) return [];
  if (kind === 'model') return directory.models;
  return [...(kind === 'key' ? directory.keys : directory.accounts).keys()];
}

function labelOf(kind: Kind, id: string, directory: Directory | null): string {
  const name = nameOf(kind, id, directory);
  const revoked = kind === 'key' && directory?.keys.get(id)?.state === 'revoked';
  return revoked ? t('revoked', { name }) : name;
}
