import type { ComponentChildren } from 'preact';
import { dateTime, latency, NOTHING, number, time } from '../../i18n/format';
import { t as shared } from '../../i18n/words';
import { OUTCOME_TONES, OutcomeBadge } from '../../parts/Badge';
import { Copyable } from '../../parts/Copyable';
import { Drawer } from '../../parts/Dialog';
import { Notice } from '../../parts/Notice';
import { link } from '../../router';
import type { Call } from '../../service/figures';
import { type Directory, EMPTY, nameOf } from '../usage/names';
import { meaningOf } from './meaning';
import { t } from './words';

interface DetailsProps {
  call: Call | null;
  directory: Directory | null;
  onClose: () => void;
}

/** Everything that is known of one call, and what its failure means. */
export function Details({ call, directory, onClose }: DetailsProps) {
  if (call === null) return null;
  const meaning = meaningOf(call);
  return (
    <Drawer open title={t('details', { time: time(call.at) })} onClose={onClose}>
      <p class="call-outcome">
        <OutcomeBadge outcome={call.outcome} />
        <span class="call-status">{t('status', { status: String(call.status) })}</span>
        {call.code !== null && <code>{call.code}</code>}
      </p>
      {meaning !== null && (
        <Notice
          tone={OUTCOME_TONES[call.outcome] === 'vermilion' ? 'vermilion' : 'soft'}
          title={meaning.what}
        >
          {meaning.mend}
        </Notice>
      )}
      <Timeline call={call} />
      <dl class="facts">
        <Facts call={call} directory={directory} onClose={onClose} />
      </dl>
      <p class="note">{t('textless')}</p>
    </Drawer>
  );
}

function Facts({ call, directory, onClose }: DetailsProps & { call: Call }) {
  const key = call.key === '' ? EMPTY : call.key;
  const about = call.counted ? '' : '≈ ';
  const figure = (value: number) => (value === 0 ? NOTHING : `${about}${number(value)}`);
  return (
    <>
      <Fact head={t('id')}>
        <Copyable text={call.id} label={t('id')} />
      </Fact>
      <Fact head={t('at')}>{`${dateTime(call.at)} (${time(call.at)})`}</Fact>
      <Fact head={t('key')}>
        {nameOf('key', call.key, directory)}
        <span class="call-links">
          <a href={link('keys', call.key || null)}>{t('to.keys')}</a>
          <a href={link('requests', null, { key })} onClick={onClose}>
            {t('to.same')}
          </a>
        </span>
      </Fact>
      <Fact head={t('model')}>
        <code>{call.model || NOTHING}</code>
      </Fact>
      <Fact head={t('servedBy')}>{call.served === null ? t('nobody') : <code>{call.served}</code>}</Fact>
      <Fact head={t('account')}>
        {call.account === null ? (
          t('noAccount')
        ) : (
          <a href={link('accounts', call.account)}>{nameOf('account', call.account, directory)}</a>
        )}
      </Fact>
      <Fact head={t('attempts')}>{t('attempts.n', { n: call.attempts })}</Fact>
      <Fact head={t('form')}>{call.stream ? t('form.stream') : t('form.whole')}</Fact>
      <Fact head={t('tokens.in')}>{figure(call.prompt_tokens)}</Fact>
      <Fact head={t('tokens.out')}>
        {figure(call.completion_tokens)}
        {call.reasoning_tokens > 0 && ` ${t('reasoning', { n: number(call.reasoning_tokens) })}`}
      </Fact>
      {!call.counted && call.prompt_tokens + call.completion_tokens > 0 && (
        <Fact head="">
          <span class="note">{t('estimated.long')}</span>
        </Fact>
      )}
    </>
  );
}

function Fact({ head, children }: { head: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{head}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** How the time went: waiting for the first piece, then writing. */
function Timeline({ call }: { call: Call }) {
  const first = call.first_token_ms;
  const share = first === null || call.total_ms <= 0 ? null : Math.min(1, first / call.total_ms);
  const speed = first === null ? 0 : call.completion_tokens / ((call.total_ms - first) / 1_000);
  return (
    <div class="timeline">
      {share !== null && (
        <div class="timeline-bar" aria-hidden="true">
          <span class="timeline-wait" style={{ width: `${share * 100}%` }} />
          <span class="timeline-write" />
        </div>
      )}
      <dl class="timeline-figures">
        <div>
          <dt>{t('first.long')}</dt>
          <dd>{latency(first)}</dd>
        </div>
        <div>
          <dt>{t('total.long')}</dt>
          <dd>{latency(call.total_ms)}</dd>
        </div>
        {Number.isFinite(speed) && speed > 0 && (
          <div>
            <dt>{t('speed')}</dt>
            <dd>
              {call.counted ? '' : '≈ '}
              {t('speed.n', { n: Math.round(speed) })}
            </dd>
          </div>
        )}
        {first === null && call.outcome === 'answered' && !call.stream && (
          <div>
            <dt class="unseen">{shared('none')}</dt>
            <dd class="note">{t('first.whole')}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}
