/** What the service says of its variables in English, for those who read Chinese. */
const MEANINGS: Record<string, string> = {
  API_MASTER_KEY: '主密钥，至少 16 个字符；不填则自动生成并保存。',
  METRICS_TOKEN: '只用于读取 /metrics 的令牌，给 Prometheus 用。',
  MODEL_TO_ACCOUNT_MAP: 'JSON：把模型固定到某个账号编号。',
  QIANWEN_KEEP_SESSIONS: '是否在网站历史里保留接口产生的对话。',
  QIANWEN_BASE_URL: '测试用：代替所有千问域名的一个地址。',
  LISTEN_PORT: '对外端口（nginx）。',
  APP_PORT: '内部端口，只监听 127.0.0.1。',
  DATA_DIR: '密钥、数据库、提供商文件与上传文件所在的目录。',
  DATA_KEY: '加密账号凭据的密钥，至少 16 个字符；不填则自动生成。',
  POOL_STRATEGY: '选账号的策略。',
  QUEUE_WAIT_S: '账号都忙时请求排队的秒数。',
  ACCOUNT_CONCURRENT: '单个账号的并发上限。',
  ACCOUNT_REQUESTS_PER_MINUTE: '单个账号每分钟的请求上限。',
  ACCOUNT_REQUESTS_PER_DAY: '单个账号每天的请求上限。',
  ACCOUNT_TOKENS_PER_DAY: '单个账号每天的 Token 上限。',
  NOTIFY_WEBHOOK_URL: '账号需要你时通知到哪里。',
  NOTIFY_WEBHOOK_FORM: '通知地址要求的格式，能从域名认出时不用填。',
  UPSTREAM_PROXY: '出站代理（http 或 https）。',
  WORKERS: '处理请求的线程数。',
  RUST_LOG: '日志级别：error、warn、info、debug、trace。',
  CONTEXT_OVERFLOW: '对话过长时：refuse 报错，trim 丢掉最早的几轮。',
  FILES_MAX_MB: '上传的文件一共可以占多少 MB，0 表示不收。',
  MAX_BODY_MB: '请求体上限（MB）。',
  MAX_CONCURRENT: '同时进行的回答数上限，超过返回 429。',
  FIRST_TOKEN_TIMEOUT_S: '等第一个字的秒数。',
  IDLE_TIMEOUT_S: '回答中途允许沉默的秒数。',
  TOTAL_TIMEOUT_S: '一次回答的总秒数。',
  HEARTBEAT_S: '流式输出沉默多久后发一个心跳。',
  DRAIN_S: '停止服务时给进行中的回答多少秒收尾。',
};

const PATTERNS: [RegExp, string][] = [
  [/^CN_ACCOUNT_\d+_COOKIE$/, '千问账号的整个 Cookie。'],
  [/^CN_ACCOUNT_\d+_XSRF_TOKEN$/, '千问账号的 x-xsrf-token 请求头，可不填。'],
  [/_API_KEY$/, '该提供商的密钥。'],
  [/_BASE_URL$/, '该提供商的接口地址。'],
  [/_MODELS$/, '用逗号分隔的模型列表，代替自动拉取。'],
];

export function meaningInChinese(name: string): string | null {
  return MEANINGS[name] ?? PATTERNS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
