import { dateTime, list, number, tokens } from '../../i18n/format';
import { KeyBadge } from '../../parts/Badge';
import { Button, IconButton } from '../../parts/Button';
import { DayMeters } from '../../parts/DayMeters';
import { Meter } from '../../parts/Meter';
import { RelativeTime } from '../../parts/times';
import { link } from '../../router';
import type { Key } from '../../service/types';
import { t } from './words';

interface KeyRowProps {
  of: Key;
  onEdit: () => void;
  onSwitch: () => Promise<void>;
  onRevoke: () => void;
}

/** A key: what it is called, what it may do and did, until when, and what can be done about it. */
export function KeyRow({ of: key, onEdit, onSwitch, onRevoke }: KeyRowProps) {
  const { name } = key;
  return (
    <li class="key-row" id={key.id}>
      <div class="key-who">
        <h3 tabIndex={-1}>{name}</h3>
        <p class="key-line">
          <KeyBadge state={key.state} />
          <code>{key.hint}</code>
        </p>
        <p class="key-models">{modelsOf(key)}</p>
        <Links of={key} />
      </div>
      <Use of={key} />
      <div class="key-rest">
        <Times of={key} />
        <div class="key-actions">
          <Button small icon="edit" label={t('edit.of', { name })} onPress={onEdit}>
            {t('edit')}
          </Button>
          {key.state !== 'expired' && (
            <Button
              small
              icon={key.enabled ? 'pause' : 'play'}
              label={key.enabled ? t('pause.of', { name }) : t('resume.of', { name })}
              onPress={onSwitch}
            >
              {key.enabled ? t('pause') : t('resume')}
            </Button>
          )}
          <IconButton icon="remove" label={t('revoke.of', { name })} onPress={onRevoke} />
        </div>
      </div>
    </li>
  );
}

/** One that is no more: its name, so that statistics can be read, and its traces. */
export function RevokedRow({ of: key }: { of: Key }) {
  return (
    <li class="key-row key-revoked">
      <div class="key-who">
        <h3>{key.name}</h3>
        <p class="key-line">
          <KeyBadge state={key.state} />
          <code>{key.hint}</code>
        </p>
      </div>
      <Links of={key} />
      <Times of={key} />
    </li>
  );
}

function Links({ of: key }: { of: Key }) {
  const { id, name } = key;
  return (
    <p class="key-links">
      <a href={link('usage', null, { by: 'model', key: id })} aria-label={t('usage.of', { name })}>
        {t('usage')}
      </a>
      <a href={link('requests', null, { key: id })} aria-label={t('requests.of', { name })}>
        {t('requests')}
      </a>
    </p>
  );
}

function Use({ of: { used, limits } }: { of: Key }) {
  return (
    <div class="key-use">
      <DayMeters
        requests={t('use.requests_today')}
        tokens={t('use.tokens_today')}
        used={used}
        limits={limits}
      />
      {limits.requests_per_minute != null && (
        <Meter
          label={t('use.requests_minute')}
          used={used.requests_minute}
          limit={limits.requests_per_minute}
          format={number}
        />
      )}
      {limits.tokens_per_minute != null && (
        <Meter
          label={t('use.tokens_minute')}
          used={used.tokens_minute}
          limit={limits.tokens_per_minute}
          format={tokens}
        />
      )}
    </div>
  );
}

function Times({ of: key }: { of: Key }) {
  const ended = key.state === 'expired';
  return (
    <dl class="key-times">
      {key.state !== 'revoked' && (
        <div>
          <dt>{ended ? t('ended') : t('expires')}</dt>
          <dd>
            {key.expires === null ? (
              t('expires.never')
            ) : (
              <>
                <RelativeTime at={key.expires} />
                <span class="key-date">{dateTime(key.expires)}</span>
              </>
            )}
          </dd>
        </div>
      )}
      <div>
        <dt>{t('used')}</dt>
        <dd>{key.last_used === null ? t('used.never') : <RelativeTime at={key.last_used} />}</dd>
      </div>
    </dl>
  );
}

const NAMED = 3;

function modelsOf({ models }: Key): string {
  if (models.length === 0) return t('models.all');
  if (models.length <= NAMED) return t('models.some', { n: models.length, names: list(models) });
  const names = list(models.slice(0, NAMED));
  return t('models.more', { names, n: models.length, rest: models.length - NAMED });
}
