import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { Badge } from '../../parts/Badge';
import { Button } from '../../parts/Button';
import { Loaded } from '../../parts/Loaded';
import { Notice } from '../../parts/Notice';
import { Said } from '../../parts/Said';
import { Section } from '../../parts/Section';
import { wordsOf } from '../../parts/told';
import { useResource } from '../../parts/useResource';
import { ask } from '../../service/client';
import type { NotifyView, SettingList } from '../../service/types';
import { t } from './words';

/** Where the owner is told that an account needs them. */
export function Notices() {
  const list = useResource(signal => ask<SettingList>('/admin/api/settings', { signal }));
  return (
    <Section title={t('tab.notices')} note={t('noticesNote')}>
      <Loaded resource={list} lines={3}>
        {({ notify }) =>
          notify.host === null ? <Unset /> : <Target notify={notify} onTried={list.reload} />
        }
      </Loaded>
    </Section>
  );
}

const PLACES: [string, string][] = [
  ['Telegram', 'https://api.telegram.org/bot<TOKEN>/sendMessage?chat_id=<ID>'],
  ['Bark', 'https://api.day.app/<KEY>'],
  ['Server酱', 'https://sctapi.ftqq.com/<SENDKEY>.send'],
  ['企业微信 WeCom', 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=<KEY>'],
  ['Slack', 'https://hooks.slack.com/services/…'],
];

function Unset() {
  return (
    <div class="stack">
      <Notice tone="soft" title={t('noticesOff')}>
        {t.rich('noticesMend', {
          variable: <code>NOTIFY_WEBHOOK_URL</code>,
          form: <code>NOTIFY_WEBHOOK_FORM</code>,
        })}
      </Notice>
      <dl class="facts">
        {PLACES.map(([name, address]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{address}</code>
            </dd>
          </Fragment>
        ))}
        <dt>{t('elsewhere')}</dt>
        <dd>{t('elsewhereNote')}</dd>
      </dl>
    </div>
  );
}

function Target({ notify, onTried }: { notify: NotifyView; onTried: () => void }) {
  const [outcome, setOutcome] = useState<{ good: boolean; text: string } | null>(null);
  const test = async () => {
    try {
      await ask('/admin/api/notify/test', { method: 'POST' });
      setOutcome({ good: true, text: t('noticeSent') });
    } catch (problem) {
      setOutcome({ good: false, text: wordsOf(problem) });
    }
    onTried();
  };
  return (
    <div class="stack">
      <dl class="facts">
        <dt>{t('noticesTo')}</dt>
        <dd>
          <code>{notify.host}</code>
        </dd>
        <dt>{t('noticesForm')}</dt>
        <dd>{notify.form}</dd>
        <dt>{t('noticesLast')}</dt>
        <dd>
          {notify.problem === null ? (
            <Badge tone="jade">{t('noticesWell')}</Badge>
          ) : (
            <span class="stack">
              <Badge tone="vermilion">{t('noticesIll')}</Badge>
              <Said text={notify.problem} />
            </span>
          )}
        </dd>
        <dt>{t('setBy')}</dt>
        <dd>
          <code>NOTIFY_WEBHOOK_URL</code>
        </dd>
      </dl>
      <div class="row">
        <Button icon="bell" onPress={test}>
          {t('sendTest')}
        </Button>
      </div>
      <div role="status">
        {outcome && (
          <Notice tone={outcome.good ? 'jade' : 'vermilion'}>
            <Said text={outcome.text} />
          </Notice>
        )}
      </div>
    </div>
  );
}
