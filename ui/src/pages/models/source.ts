import type { Names, Served, ServedModel } from '../../service/types';
import { find, same } from './saving';

export type Source = 'auto' | 'own' | 'familiar' | 'alias' | 'route';

/** What kind of name this is. */
export function sourceOf(model: ServedModel, names: Names): Source {
  if (model.name === 'auto') return 'auto';
  if (find(names.aliases, model.name) !== undefined) return 'alias';
  if (model.ways.some(way => same(way.slice(way.indexOf('/') + 1), model.name))) return 'own';
  return find(names.routes, model.name) === undefined ? 'familiar' : 'route';
}

/** Whether the owner changed something about a name here. */
export function isMine(model: ServedModel, names: Names): boolean {
  return (
    model.hidden ||
    find(names.aliases, model.name) !== undefined ||
    find(names.routes, model.name) !== undefined
  );
}

/** Every way that can be asked now, as far as it is known. */
export function knownWays(served: Served): string[] {
  const usual = served.providers.filter(one => one.accounts > 0).map(one => `${one.id}/auto`);
  return [...new Set([...served.models.flatMap(model => model.ways), ...usual])].sort();
}
