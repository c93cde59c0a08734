import { bytes, number } from '../../i18n/format';
import { Badge } from '../../parts/Badge';
import { Button } from '../../parts/Button';
import { CodeBlock } from '../../parts/Copyable';
import { Loaded } from '../../parts/Loaded';
import { Notice } from '../../parts/Notice';
import { Said } from '../../parts/Said';
import { Section } from '../../parts/Section';
import { toast } from '../../parts/Toast';
import { RelativeTime } from '../../parts/times';
import { useResource } from '../../parts/useResource';
import { ask, askFile } from '../../service/client';
import type { StoreStatus } from '../../service/types';
import { t } from './words';

/** How the keeping goes, and a copy of what is kept. */
export function Data() {
  const store = useResource(signal => ask<StoreStatus>('/admin/api/store', { signal }));
  return (
    <>
      <Section
        title={t('store')}
        actions={
          <Button small variant="quiet" icon="refresh" onPress={store.reload}>
            {t('look')}
          </Button>
        }
      >
        <Loaded resource={store} lines={3}>
          {status => <Store status={status} />}
        </Loaded>
      </Section>
      <Backup />
    </>
  );
}

function Store({ status }: { status: StoreStatus }) {
  return (
    <>
      <dl class="facts">
        <dt>{t('storeState')}</dt>
        <dd>
          {status.on_disk ? (
            <Badge tone="jade">{t('onDisk')}</Badge>
          ) : (
            <Badge tone="vermilion">{t('notOnDisk')}</Badge>
          )}
        </dd>
        <dt>{t('size')}</dt>
        <dd>{bytes(status.bytes)}</dd>
        <dt>{t('pending')}</dt>
        <dd>{number(status.pending)}</dd>
        <dt>{t('lastWrite')}</dt>
        <dd>{status.last_write === 0 ? t('notYet') : <RelativeTime at={status.last_write} />}</dd>
      </dl>
      {status.problem !== null && (
        <Notice tone="vermilion">
          <Said text={status.problem} />
        </Notice>
      )}
    </>
  );
}

const PATIENCE_MS = 10 * 60_000;
const RESTORE =
  'docker compose stop && docker compose run --rm qianqiao restore /config/backup.db && docker compose up -d';

function Backup() {
  const download = async () => {
    const file = await askFile('/admin/api/backup', { method: 'POST', timeoutMs: PATIENCE_MS });
    save(file, `qianqiao-${new Date().toISOString().slice(0, 10)}.db`);
    toast(t('backupSaved', { size: bytes(file.size) }));
  };
  return (
    <Section title={t('backup')} note={t('backupNote')}>
      <div class="row">
        <Button icon="download" variant="primary" onPress={download}>
          {t('downloadBackup')}
        </Button>
      </div>
      <Notice tone="ochre" title={t('keyApart')}>
        {t.rich('keyApartNote', { file: <code>DATA_DIR/data.key</code>, variable: <code>DATA_KEY</code> })}
      </Notice>
      <p class="note">{t('restoreNote')}</p>
      <CodeBlock text={RESTORE} title="Docker Compose" />
      <CodeBlock text="qianqiao restore qianqiao-backup.db" title={t('withoutDocker')} />
    </Section>
  );
}

function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  // The browser has begun to save by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
