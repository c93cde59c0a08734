import { t } from '../i18n/words';
import { Button } from './Button';
import { Icon } from './Icon';
import { Said } from './Said';
import { wordsOf } from './told';

interface ErrorStateProps {
  error: unknown;
  title?: string;
  retry?: () => void;
}

/** Says what went wrong where something should stand, and tries again. */
export function ErrorState({ error, title, retry }: ErrorStateProps) {
  return (
    <div class="failed" role="alert">
      <Icon name="alert" size={22} />
      <div>
        <p class="failed-title">{title ?? t('error.title')}</p>
        <p>
          <Said text={wordsOf(error)} />
        </p>
        {retry && (
          <Button icon="refresh" onPress={retry}>
            {t('action.retry')}
          </Button>
        )}
      </div>
    </div>
  );
}
