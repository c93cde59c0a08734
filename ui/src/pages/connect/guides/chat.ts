import { type App, same } from './guide';

const KEY = { en: 'API Key', zh: 'API 密钥' };

const nextChat: App = {
  id: 'nextchat',
  name: 'NextChat',
  group: 'chat',
  guide: ({ root, key, model }) => ({
    where: { en: 'Settings → Custom Endpoint: on', zh: '设置 → 自定义接口：打开' },
    entries: [
      { label: { en: 'Model Provider', zh: '模型服务商' }, value: 'OpenAI' },
      { label: { en: 'OpenAI Endpoint', zh: '接口地址' }, value: root },
      { label: { en: 'OpenAI API Key', zh: 'API Key' }, value: key },
      { label: { en: 'Custom Models', zh: '自定义模型名' }, value: `-all,+${model}` },
      { label: { en: 'Model', zh: '模型 (model)' }, value: model },
    ],
    snippets: [
      {
        title: 'docker',
        text: [
          'docker run -p 3000:3000 \\',
          `  -e BASE_URL='${root}' \\`,
          `  -e OPENAI_API_KEY='${key}' \\`,
          `  -e CUSTOM_MODELS='-all,+${model}' \\`,
          '  yidadaa/chatgpt-next-web',
        ].join('\n'),
      },
    ],
    notes: [
      {
        en: 'The address stands without /v1; NextChat adds it. It gives up after 60 s without a first word.',
        zh: '地址不带 /v1，NextChat 会自己加上。60 秒等不到第一个字，它就会放弃。',
      },
    ],
  }),
};

const lobeChat: App = {
  id: 'lobechat',
  name: 'LobeChat',
  group: 'chat',
  guide: ({ root, key, model }) => ({
    where: { en: 'Settings → AI Service Provider → OpenAI', zh: '设置 → AI 服务商 → OpenAI' },
    entries: [
      { label: same('API Key'), value: key },
      { label: { en: 'API Proxy URL', zh: 'API 代理地址' }, value: `${root}/v1` },
      { label: { en: 'Model List → Add Model: Model ID', zh: '模型列表 → 添加模型：模型 ID' }, value: model },
    ],
    snippets: [
      {
        title: '.env',
        text: [
          `OPENAI_API_KEY=${key}`,
          `OPENAI_PROXY_URL=${root}/v1`,
          `OPENAI_MODEL_LIST=-all,+${model}`,
        ].join('\n'),
      },
    ],
    notes: [
      {
        en: 'If only your browser reaches this address, turn on “Use Client-Side Fetching Mode”. Leave the Responses API off. “Check” asks the model one real question.',
        zh: '如果只有你的浏览器能访问这个地址，请打开“使用客户端请求模式”。不要打开 Responses API。“连通性检查”会真的问模型一句话。',
      },
    ],
  }),
};

const openWebUi: App = {
  id: 'openwebui',
  name: 'Open WebUI',
  group: 'chat',
  guide: ({ root, key }) => ({
    where: {
      en: 'Admin Panel → Settings → Connections → OpenAI API → Add Connection',
      zh: '管理员面板 → 设置 → 外部连接 → OpenAI 接口 → 添加连接',
    },
    entries: [
      { label: same('URL'), value: `${root}/v1` },
      { label: { en: 'API Key', zh: '密钥' }, value: key },
    ],
    snippets: [
      {
        title: 'docker',
        text: [
          'docker run -d -p 3000:8080 -v open-webui:/app/backend/data \\',
          `  -e OPENAI_API_BASE_URL='${root}/v1' \\`,
          `  -e OPENAI_API_KEY='${key}' \\`,
          '  ghcr.io/open-webui/open-webui:main',
        ].join('\n'),
      },
    ],
    notes: [
      {
        en: 'No slash at the end. The models appear by themselves. Inside a container, localhost is the container itself: write host.docker.internal instead.',
        zh: '结尾不要斜杠。模型会自动出现。在容器里 localhost 指容器自己，请改用 host.docker.internal。',
      },
    ],
  }),
};

const cherryStudio: App = {
  id: 'cherrystudio',
  name: 'Cherry Studio',
  group: 'chat',
  guide: ({ root, key, model }) => ({
    where: {
      en: 'Settings → Model Provider → Add, provider type OpenAI',
      zh: '设置 → 模型服务 → 添加，提供商类型选 OpenAI',
    },
    entries: [
      { label: KEY, value: key },
      { label: { en: 'API Host', zh: 'API 地址' }, value: root },
      { label: { en: 'Add model: Model ID', zh: '添加模型：模型 ID' }, value: model },
    ],
    notes: [
      {
        en: '“Manage” fetches all models. Turn the provider on at the top right; “Check” asks one real question.',
        zh: '点“管理”可以拉取全部模型。右上角的开关要打开；“检测”会真的问一句话。',
      },
    ],
  }),
};

const chatbox: App = {
  id: 'chatbox',
  name: 'Chatbox',
  group: 'chat',
  guide: ({ root, key, model }) => ({
    where: { en: 'Settings → Model Provider → Add', zh: '设置 → 模型提供方 → 添加' },
    entries: [
      {
        label: { en: 'API Mode', zh: 'API 模式' },
        value: 'OpenAI API Compatible',
      },
      { label: KEY, value: key },
      { label: { en: 'API Host', zh: 'API 主机' }, value: root },
      { label: { en: 'Model ID', zh: '模型 ID' }, value: model },
    ],
    notes: [
      {
        en: 'Leave “API Path” as it is: /v1/chat/completions.',
        zh: '“API 路径”保持默认的 /v1/chat/completions。',
      },
    ],
  }),
};

const immersiveTranslate: App = {
  id: 'immersive',
  name: 'Immersive Translate',
  group: 'chat',
  guide: ({ root, key, model }) => ({
    where: {
      en: 'Settings → Translation Services → OpenAI → custom API',
      zh: '设置 → 翻译服务 → OpenAI → 自定义 API',
    },
    entries: [
      { label: { en: 'API address', zh: '自定义 API 接口地址' }, value: `${root}/v1/chat/completions` },
      { label: { en: 'API Key', zh: 'APIKEY' }, value: key },
      { label: { en: 'Model', zh: '模型' }, value: model },
    ],
    notes: [
      {
        en: 'It wants the whole address, to the very end. A page is many requests at once: give its key a limit.',
        zh: '这里要填完整地址。翻译一个网页会同时发很多请求，建议给它的密钥设限额。',
      },
    ],
  }),
};

export const CHAT_APPS = [nextChat, lobeChat, openWebUi, cherryStudio, chatbox, immersiveTranslate];
