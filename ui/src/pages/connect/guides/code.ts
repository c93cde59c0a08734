import { type App, type Setup, type Snippet, same } from './guide';

/** A bridge that speaks the protocols this service does not have yet. With `openai/` it would ask for /v1/responses. */
function bridge({ root, key, model }: Setup): Snippet[] {
  return [
    {
      title: 'litellm.yaml',
      text: [
        'model_list:',
        `  - model_name: ${model}`,
        '    litellm_params:',
        `      model: lm_studio/${model}   # not openai/: that would ask for /v1/responses`,
        `      api_base: ${root}/v1`,
        `      api_key: ${key}`,
      ].join('\n'),
    },
    {
      title: 'sh',
      text: "uv tool install 'litellm[proxy]'\nlitellm --config litellm.yaml --host 127.0.0.1 --port 4000",
    },
  ];
}

const codex: App = {
  id: 'codex',
  name: 'Codex',
  group: 'agent',
  guide: setup => ({
    warning: {
      en: 'Codex since February 2026 speaks only the Responses API, and this service has no /v1/responses yet. The first file works with an older Codex; for a current one, put a bridge such as LiteLLM between them and set wire_api to "responses". We have not tested the bridge.',
      zh: '2026 年 2 月以后的 Codex 只支持 Responses API，而本服务还没有 /v1/responses。第一份配置只适用于旧版 Codex；新版需要中间架一个转换桥（例如 LiteLLM），并把 wire_api 改为 "responses"。转换桥未经我们测试。',
    },
    where: same('~/.codex/config.toml'),
    snippets: [
      { title: 'config.toml', text: codexConfig(setup.model, `${setup.root}/v1`, 'chat') },
      { title: 'sh', text: `export QIANQIAO_KEY='${setup.key}'` },
      ...bridge(setup),
      {
        title: 'config.toml · LiteLLM',
        text: codexConfig(setup.model, 'http://127.0.0.1:4000/v1', 'responses'),
      },
    ],
  }),
};

function codexConfig(model: string, address: string, wire: string): string {
  return [
    `model = "${model}"`,
    'model_provider = "qianqiao"',
    '',
    '[model_providers.qianqiao]',
    'name = "qianqiao"',
    `base_url = "${address}"`,
    'env_key = "QIANQIAO_KEY"',
    `wire_api = "${wire}"`,
  ].join('\n');
}

const claudeCode: App = {
  id: 'claude-code',
  name: 'Claude Code',
  group: 'agent',
  guide: setup => ({
    warning: {
      en: 'Claude Code speaks the Anthropic API (/v1/messages), which this service does not have yet, so it cannot connect directly. Until then a bridge such as LiteLLM can translate; we have not tested it, and a web chat’s models are no match for agent work.',
      zh: 'Claude Code 使用 Anthropic 接口（/v1/messages），本服务还没有，所以不能直连。在此之前可以用 LiteLLM 这样的转换桥；未经我们测试，而且网页版模型并不擅长这类智能体工作。',
    },
    snippets: [
      ...bridge(setup),
      {
        title: 'sh · Claude Code',
        text: [
          "export ANTHROPIC_BASE_URL='http://127.0.0.1:4000'",
          "export ANTHROPIC_AUTH_TOKEN='sk-any'",
          `export ANTHROPIC_MODEL='${setup.model}'`,
          `export ANTHROPIC_DEFAULT_HAIKU_MODEL='${setup.model}'`,
          'claude',
        ].join('\n'),
      },
    ],
    notes: [
      {
        en: 'Without a LITELLM_MASTER_KEY the bridge takes any token, so it listens on this computer only.',
        zh: '没有设置 LITELLM_MASTER_KEY 时，转换桥接受任何令牌，所以只让它监听本机。',
      },
    ],
  }),
};

const python: App = {
  id: 'python',
  name: 'Python',
  group: 'code',
  guide: ({ root, key, model }) => ({
    snippets: [
      { title: 'sh', text: 'pip install openai' },
      {
        title: 'Python',
        text: [
          'from openai import OpenAI',
          '',
          'client = OpenAI(',
          `    base_url="${root}/v1",`,
          `    api_key="${key}",`,
          ')',
          '',
          'stream = client.chat.completions.create(',
          `    model="${model}",`,
          '    messages=[{"role": "user", "content": "Hello"}],',
          '    stream=True,',
          ')',
          'for chunk in stream:',
          '    if chunk.choices:',
          '        print(chunk.choices[0].delta.content or "", end="", flush=True)',
        ].join('\n'),
      },
    ],
  }),
};

const javascript: App = {
  id: 'javascript',
  name: 'JavaScript',
  group: 'code',
  guide: ({ root, key, model }) => ({
    snippets: [
      { title: 'sh', text: 'npm install openai' },
      {
        title: 'JavaScript',
        text: [
          "import OpenAI from 'openai';",
          '',
          'const client = new OpenAI({',
          `  baseURL: '${root}/v1',`,
          `  apiKey: '${key}',`,
          '});',
          '',
          'const stream = await client.chat.completions.create({',
          `  model: '${model}',`,
          "  messages: [{ role: 'user', content: 'Hello' }],",
          '  stream: true,',
          '});',
          'for await (const chunk of stream) {',
          "  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');",
          '}',
        ].join('\n'),
      },
    ],
  }),
};

const curl: App = {
  id: 'curl',
  name: 'curl',
  group: 'code',
  guide: ({ root, key, model }) => ({
    snippets: [
      {
        title: 'sh',
        text: [
          `curl -N '${root}/v1/chat/completions' \\`,
          `  -H 'Authorization: Bearer ${key}' \\`,
          "  -H 'Content-Type: application/json' \\",
          `  -d '{"model": "${model}", "stream": true, "messages": [{"role": "user", "content": "Hello"}]}'`,
        ].join('\n'),
      },
      { title: 'sh', text: `curl '${root}/v1/models' -H 'Authorization: Bearer ${key}'` },
    ],
  }),
};

export const CODE_APPS = [codex, claudeCode, python, javascript, curl];
