import { useState } from 'preact/hooks';
import { Segmented } from '../../parts/choices';
import { t } from './pasteWords';

type Kind = 'qianwen' | 'key';

/** Where each service hands out its keys. */
const KEY_PAGES: [string, string][] = [
  ['DeepSeek', 'https://platform.deepseek.com/api_keys'],
  ['DashScope', 'https://bailian.console.aliyun.com/'],
  ['Kimi', 'https://platform.moonshot.cn/console/api-keys'],
  ['GLM', 'https://open.bigmodel.cn/usercenter/apikeys'],
  ['SiliconFlow', 'https://cloud.siliconflow.cn/account/ak'],
  ['OpenRouter', 'https://openrouter.ai/keys'],
];

function Outside({ href, children }: { href: string; children: string }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

/** How to come by what can be pasted, step by step. */
export function HowTo({ kind: first }: { kind: Kind }) {
  const [kind, setKind] = useState<Kind>(first);
  const sites = KEY_PAGES.flatMap(([name, href], index) => [
    index > 0 ? ', ' : '',
    <Outside key={name} href={href}>
      {name}
    </Outside>,
  ]);
  return (
    <section class="how-to" aria-label={t('how.title')}>
      <h3>{t('how.title')}</h3>
      <Segmented
        label={t('how.kinds')}
        value={kind}
        onChange={setKind}
        choices={[
          { value: 'qianwen', label: t('how.qianwen') },
          { value: 'key', label: t('how.key') },
        ]}
      />
      {kind === 'qianwen' ? (
        <ol class="steps">
          <li>
            <span>
              {t.rich('how.qianwen.1', {
                site: <Outside href="https://www.qianwen.com/">www.qianwen.com</Outside>,
              })}
            </span>
          </li>
          <li>
            <span>{t.rich('how.qianwen.2', { key: <kbd>F12</kbd> })}</span>
          </li>
          <li>
            <span>{t.rich('how.qianwen.3', { host: <code>chat2.qianwen.com</code> })}</span>
          </li>
          <li>
            <span>{t('how.qianwen.4')}</span>
          </li>
        </ol>
      ) : (
        <ol class="steps">
          <li>
            <span>{t.rich('how.key.1', { sites })}</span>
          </li>
          <li>
            <span>{t('how.key.2')}</span>
          </li>
          <li>
            <span>{t('how.key.3')}</span>
          </li>
        </ol>
      )}
    </section>
  );
}
