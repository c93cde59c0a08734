import { useState } from 'preact/hooks';
import { Badge } from '../../parts/Badge';
import { Button } from '../../parts/Button';
import { Said } from '../../parts/Said';
import { told } from '../../parts/told';
import { useAction } from '../../parts/useAction';
import { go } from '../../router';
import type { Account, Tested } from '../../service/types';
import { disable, enable, test } from './actions';
import { type Deed, deeds } from './order';
import { t } from './words';

/** The buttons that fit an account's state, and what a test found. */
export function Deeds({ account, withSwitch }: { account: Account; withSwitch?: boolean }) {
  const [tested, setTested] = useState<Tested | null>(null);
  const testing = useAction(async () => {
    setTested(null);
    setTested(await test(account));
  });
  const press: Record<Deed, () => unknown> = {
    paste: () => go('accounts', null, { paste: account.id }),
    test: testing.run,
    enable: () => enable(account).then(() => keepFocus(account.id)),
    use: () => enable(account).then(() => keepFocus(account.id)),
  };
  const fitting = deeds(account);
  const ill = account.state === 'expired' || account.state === 'needs_owner';
  return (
    <div class="account-deeds">
      <div class="row" data-deeds={account.id}>
        {fitting.map((deed, index) => (
          <Button
            key={deed}
            small
            variant={ill && index === 0 ? 'primary' : 'plain'}
            label={`${t(`do.${deed}`)}: ${account.name}`}
            onPress={press[deed]}
          >
            {t(`do.${deed}`)}
          </Button>
        ))}
        {withSwitch && <More account={account} shown={fitting} />}
      </div>
      <div class="account-tested" aria-live="polite">
        {testing.error != null && <Badge tone="vermilion">{told(testing.error)}</Badge>}
        {tested !== null && <Result tested={tested} />}
      </div>
    </div>
  );
}

function More({ account, shown }: { account: Account; shown: Deed[] }) {
  return (
    <>
      {!shown.includes('paste') && (
        <Button
          small
          label={`${t('do.paste')}: ${account.name}`}
          onPress={() => go('accounts', null, { paste: account.id })}
        >
          {t('do.paste')}
        </Button>
      )}
      {account.state !== 'disabled' && (
        <Button
          small
          label={`${t('do.disable')}: ${account.name}`}
          onPress={() => disable(account).then(() => keepFocus(account.id))}
        >
          {t('do.disable')}
        </Button>
      )}
    </>
  );
}

/** The button that was pressed is gone, or its account stands elsewhere in the list: the focus goes to what is there now. */
function keepFocus(id: string): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    const near = document.querySelector('dialog[open]') ?? document;
    near.querySelector<HTMLElement>(`[data-deeds="${CSS.escape(id)}"] button`)?.focus();
  });
}

function Result({ tested }: { tested: Tested }) {
  const [tone, word] =
    tested.alive === null
      ? (['ochre', t('test.unknown')] as const)
      : tested.alive
        ? (['jade', t('test.good')] as const)
        : (['vermilion', t('test.bad')] as const);
  return (
    <>
      <Badge tone={tone}>{word}</Badge> <Said text={tested.message} />
    </>
  );
}
