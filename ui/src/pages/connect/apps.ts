import { CHAT_APPS } from './guides/chat';
import { CODE_APPS } from './guides/code';
import { FLOW_APPS } from './guides/flow';
import type { App, Group } from './guides/guide';

export const GROUPS: readonly Group[] = ['chat', 'flow', 'agent', 'code'];

export const APPS: readonly App[] = [...CHAT_APPS, ...FLOW_APPS, ...CODE_APPS];

export function appNamed(id: string | undefined): App | undefined {
  return APPS.find(app => app.id === id);
}
