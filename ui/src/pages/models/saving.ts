import { said } from '../../i18n/said';
import { toast } from '../../parts/Toast';
import { toldWithout } from '../../parts/told';
import { ask } from '../../service/client';
import type { Names, SettingChanged, SettingList } from '../../service/types';
import { t } from './words';

export type Part = keyof Names;

function address(part: Part): string {
  return `/admin/api/settings/models.${part}`;
}

/** Changes one of the owner's settings of names. What is changed is read anew just before, so that nothing that was
 * changed elsewhere is undone. */
export async function change<P extends Part>(part: P, next: (held: Names[P]) => Names[P]): Promise<void> {
  const { settings } = await ask<SettingList>('/admin/api/settings');
  const held = settings.find(one => one.name === `models.${part}`)?.value as Names[P] | undefined;
  const empty = (part === 'hidden' ? [] : {}) as Names[P];
  const value = next(held ?? empty);
  tell(await ask<SettingChanged>(address(part), { method: 'PUT', body: { value } }));
}

export async function reset(part: Part): Promise<void> {
  tell(await ask<SettingChanged>(address(part), { method: 'DELETE' }));
  toast(t('reset.done'));
}

function tell(changed: SettingChanged): void {
  if (!changed.kept) toast(t('kept.not', { why: said(changed.not_kept ?? '') }), 'bad');
}

/** What the service says of a value, without naming the field that no reader of this page sees. */
export function saidOf(error: unknown): string | null {
  return error == null ? null : toldWithout(error, 'value');
}

/** A map without this name, however it is spelled there. */
export function without<V>(map: Record<string, V>, name: string): Record<string, V> {
  return Object.fromEntries(Object.entries(map).filter(([own]) => !same(own, name)));
}

export function find<V>(map: Record<string, V>, name: string): V | undefined {
  return Object.entries(map).find(([own]) => same(own, name))?.[1];
}

/** The service compares names without regard to case. */
export function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
