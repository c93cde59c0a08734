import accounts from './accounts.json';
import config from './config.json';
import documents from './documents.json';
import frames from './frames.json';
import gateway from './gateway.json';
import http from './http.json';
import jsonError from './json_error.json';
import keys from './keys.json';
import libraries from './libraries.json';
import notify from './notify.json';
import openai from './openai.json';
import providers from './providers.json';
import stages from './stages.json';
import store from './store.json';
import upstream from './upstream.json';
import usage from './usage.json';

/** What the service says, by the module that says it, as its sources write it → the same in Chinese. */
export const all: Record<string, string>[] = [
  accounts,
  gateway,
  providers,
  http,
  keys,
  config,
  notify,
  store,
  upstream,
  openai,
  stages,
  documents,
  usage,
  jsonError,
  libraries,
  frames,
];
