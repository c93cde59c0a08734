import { type App, same } from './guide';

const n8n: App = {
  id: 'n8n',
  name: 'n8n',
  group: 'flow',
  guide: ({ root, key, model }) => ({
    where: { en: 'Credentials → Create → OpenAI', zh: 'Credentials（凭据）→ Create → OpenAI' },
    entries: [
      { label: same('API Key'), value: key },
      { label: same('Base URL'), value: `${root}/v1` },
      { label: { en: 'In the node: Model → By ID', zh: '节点里：Model → By ID' }, value: model },
    ],
    notes: [
      {
        en: 'Use the node “OpenAI Chat Model” and turn “Use Responses API” off: it is on by default, and this service has no /v1/responses yet. No slash behind /v1. Inside a container, write host.docker.internal instead of localhost.',
        zh: '请用“OpenAI Chat Model”节点，并关掉“Use Responses API”：它默认打开，而本服务还没有 /v1/responses。/v1 后面不要斜杠。n8n 在容器里时，把 localhost 换成 host.docker.internal。',
      },
    ],
  }),
};

const copilot: App = {
  id: 'obsidian-copilot',
  name: 'Obsidian · Copilot',
  group: 'flow',
  guide: ({ root, key, model }) => ({
    where: {
      en: 'Settings → Copilot → Model → Add Model (in version 4: BYOK)',
      zh: '设置 → Copilot → Model → Add Model（第 4 版在 BYOK 里）',
    },
    entries: [
      { label: same('Model Name'), value: model },
      { label: same('Provider'), value: '3rd party (openai-format)' },
      { label: same('Base URL'), value: `${root}/v1` },
      { label: same('API Key'), value: key },
    ],
    notes: [
      {
        en: 'Leave “Enable CORS” off: this service lets every app in, and with it on answers no longer stream.',
        zh: '“Enable CORS”保持关闭：本服务本来就允许跨域，打开它反而没有流式输出。',
      },
    ],
  }),
};

const textGenerator: App = {
  id: 'obsidian-textgenerator',
  name: 'Obsidian · Text Generator',
  group: 'flow',
  guide: ({ root, key, model }) => ({
    where: {
      en: 'Settings → Text Generator → LLM Provider: OpenAI Chat',
      zh: '设置 → Text Generator → LLM Provider：OpenAI Chat',
    },
    entries: [
      { label: same('API Key'), value: key },
      { label: same('Base Path'), value: `${root}/v1` },
      { label: same('Model'), value: model },
    ],
  }),
};

const oneField: App = {
  id: 'one-field',
  name: 'An app with one field',
  group: 'flow',
  guide: ({ root, key, model }) => ({
    where: {
      en: 'For apps that have a field for the address but none for a key',
      zh: '适合只有地址栏、没有密钥栏的应用',
    },
    entries: [
      { label: { en: 'Base URL', zh: '接口地址' }, value: `${root}/k/${key}/v1` },
      { label: { en: 'or, without /v1', zh: '或者不带 /v1' }, value: `${root}/k/${key}` },
      { label: { en: 'Model', zh: '模型' }, value: model },
    ],
    notes: [
      {
        en: 'Whoever sees this address has the key. Use a key of its own, with a limit. It opens the API, never this console. A private Hugging Face Space needs this form, because its own token takes the key’s place.',
        zh: '谁看到这个地址，谁就有了密钥，请单独建一把并设限额。它只能调用接口，进不了控制台。私有的 Hugging Face Space 也要用这种形式，因为密钥栏被它自己的令牌占用了。',
      },
    ],
  }),
};

export const FLOW_APPS = [n8n, copilot, textGenerator, oneField];
