import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { duration } from '../../i18n/format';
import { Button } from '../../parts/Button';
import { SecretInput } from '../../parts/inputs';
import { Notice } from '../../parts/Notice';
import { Countdown } from '../../parts/times';
import { told } from '../../parts/told';
import { useAction } from '../../parts/useAction';
import { framed } from '../../service/bearer';
import { currentTime, now } from '../../service/clock';
import { ServiceError } from '../../service/problem';
import { ended, signIn } from '../../service/session';
import { Preferences } from '../../shell/Preferences';
import { Scene } from './Scene';
import './signin.css';
import { t } from './words';

export function SignIn() {
  const [key, setKey] = useState('');
  const [empty, setEmpty] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const action = useAction(() => signIn(key.trim()));
  const opens = useMemo(() => currentTime() + waitOf(action.error), [action.error]);
  useEffect(() => input.current?.focus(), []);

  const submit = (event: Event) => {
    event.preventDefault();
    setEmpty(key.trim() === '');
    if (key.trim() === '') return input.current?.focus();
    void action.run().then(() => input.current?.select());
  };

  return (
    <main class="signin">
      <Scene />
      <div class="signin-corner">
        <Preferences />
      </div>
      <form class="signin-form" onSubmit={submit}>
        <h1>
          <span class="signin-name" lang="zh-CN">
            千桥
          </span>
          <span class="signin-latin">qianqiao</span>
        </h1>
        <p class="lead">{t('lead')}</p>
        {ended.value && (
          <div role="alert">
            <Notice tone="ochre">{t('ended')}</Notice>
          </div>
        )}
        <SecretInput
          label={t('key')}
          value={key}
          onChange={value => {
            setKey(value);
            setEmpty(false);
            action.clear();
          }}
          name="password"
          autocomplete="current-password"
          inputRef={input}
          error={empty ? t('empty') : sentence(action.error)}
          hint={t.rich('hint', { command: <code>qianqiao key</code> })}
        />
        <Button type="submit" variant="primary" busy={action.busy} class="signin-submit">
          {t('submit')}
        </Button>
        {/* The alert has said the wait once; a screen reader need not hear each second. */}
        {opens > now.value && (
          <p class="note" aria-hidden="true">
            {t.rich('opens', { when: <Countdown until={opens} /> })}
          </p>
        )}
        {framed && <p class="note">{t('framed')}</p>}
      </form>
    </main>
  );
}

function sentence(error: unknown): string | null {
  if (error === null) return null;
  if (!(error instanceof ServiceError)) return told(error);
  if (error.status === 401) return t('wrong');
  if (error.status !== 429) return told(error);
  return t('throttled', { wait: duration(waitOf(error)) });
}

/** How long the service wants no further try, in ms. */
function waitOf(error: unknown): number {
  if (!(error instanceof ServiceError) || error.status !== 429) return 0;
  return (error.retryAfter ?? 60) * 1_000;
}
