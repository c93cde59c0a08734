import { Segmented } from '../../parts/choices';
import { TextInput } from '../../parts/inputs';
import { currentTime } from '../../service/clock';
import { Filters } from './Filters';
import type { Directory } from './names';
import { BYS, dayText, METRICS, RANGES, type Range, show, type View } from './view';
import { t } from './words';

/** What is shown: the time, what is told apart, and of whom. All of it goes into the address. */
export function Controls({ view, directory }: { view: View; directory: Directory | null }) {
  const { filters } = view;
  const filtered = Object.keys(filters).length > 0;
  return (
    <div class="usage-controls">
      <div class="usage-choices">
        <Segmented
          label={t('range')}
          value={view.range}
          choices={RANGES.map(value => ({ value, label: t(`range.${value}`) }))}
          onChange={range => show(rangeChange(range, view))}
        />
        <div class="usage-by">
          <span aria-hidden="true">{t('by')}</span>
          <Segmented
            label={t('by')}
            value={view.by}
            choices={BYS.map(value => ({ value, label: t(`by.${value}`) }))}
            onChange={by => show({ by })}
          />
        </div>
      </div>
      {view.range === 'custom' && <Days view={view} />}
      <Filters
        values={filters}
        directory={directory}
        empty={['key', 'account', 'model']}
        onChange={change => show(change)}
        onClear={filtered ? () => show({ key: '', model: '', account: '' }) : null}
      />
    </div>
  );
}

export function Metrics({ view }: { view: View }) {
  return (
    <Segmented
      label={t('metric')}
      value={view.metric}
      choices={METRICS.map(value => ({ value, label: t(`metric.${value}`) }))}
      onChange={metric => show({ metric })}
    />
  );
}

function Days({ view }: { view: View }) {
  return (
    <div class="usage-days">
      <TextInput label={t('from')} type="date" value={view.from} onChange={from => show({ from })} />
      <TextInput label={t('to')} type="date" value={view.to} onChange={to => show({ to })} />
    </div>
  );
}

/** A range of one's own begins with the last two weeks, rather than with nothing. */
function rangeChange(range: Range, view: View): Record<string, string> {
  if (range !== 'custom') return { range, from: '', to: '' };
  const today = new Date(currentTime());
  const start = new Date(today).setDate(today.getDate() - 13);
  return { range, from: view.from || dayText(start), to: view.to || dayText(today.getTime()) };
}
