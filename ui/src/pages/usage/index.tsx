import { useEffect } from 'preact/hooks';
import { dateTime } from '../../i18n/format';
import { Button } from '../../parts/Button';
import { Loaded } from '../../parts/Loaded';
import { Notice } from '../../parts/Notice';
import { Page } from '../../parts/Page';
import { Section } from '../../parts/Section';
import { toast } from '../../parts/Toast';
import { type Resource, useResource } from '../../parts/useResource';
import { ask, askFile } from '../../service/client';
import type { By, Usage } from '../../service/figures';
import { Controls, Metrics } from './Controls';
import { Figures } from './Figures';
import { Nothing } from './Nothing';
import { type Directory, useDirectory } from './names';
import { Totals } from './Totals';
import { UsageChart } from './UsageChart';
import { offset, reportAddress, type Span, spanOf, type View, view } from './view';
import { t } from './words';
import './usage.css';

/** What was asked for stays beside what was told, so that a drawing never mixes two ranges. */
interface Report {
  span: Span;
  whole: Usage;
  split: Usage;
}

const AGAIN_MS = 60_000;

export default function UsagePage() {
  const shown = view();
  const directory = useDirectory();
  const report = useReport(shown);
  const span = spanOf(shown);
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      actions={
        <Button icon="download" disabled={span === null} onPress={() => span && download(shown, span)}>
          {t('csv')}
        </Button>
      }
    >
      <Controls view={shown} directory={directory.data} />
      {span === null ? (
        <Notice tone="ochre">{t('range.wrong')}</Notice>
      ) : (
        <div class="usage-report" aria-busy={report.loading}>
          <Loaded resource={report} lines={6}>
            {data => data && <Shown report={data} view={shown} directory={directory.data} />}
          </Loaded>
        </div>
      )}
    </Page>
  );
}

interface ShownProps {
  report: Report;
  view: View;
  directory: Directory | null;
}

function Shown({ report, view: shown, directory }: ShownProps) {
  const { span, whole, split } = report;
  const total = whole.totals[0];
  if (total === undefined || total.requests === 0) return <Nothing view={shown} />;
  return (
    <>
      <Figures total={total} />
      <Section title={t(`metric.${shown.metric}`)} actions={<Metrics view={shown} />}>
        <UsageChart
          usage={split}
          span={span}
          metric={shown.metric}
          median={total.first_token_ms?.p50 ?? null}
          directory={directory}
        />
        <p class="note">
          {t('note.zone', { from: dateTime(span.from), to: dateTime(span.to - 60_000), zone: zone() })}
        </p>
      </Section>
      <Section title={t('totals')}>
        <Totals totals={split.totals} by={split.by} view={shown} directory={directory} />
      </Section>
    </>
  );
}

function useReport(shown: View): Resource<Report | null> {
  const { by, range, from, to, filters } = shown;
  const report = useResource(
    async signal => {
      const span = spanOf(shown);
      if (span === null) return null;
      const load = (kind: By) => ask<Usage>(reportAddress('usage', span, kind, filters), { signal });
      if (by === 'none') {
        const whole = await load('none');
        return { span, whole, split: whole };
      }
      const [whole, split] = await Promise.all([load('none'), load(by)]);
      return { span, whole, split };
    },
    [by, range, from, to, JSON.stringify(filters)],
  );
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') report.reload();
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, [report.reload]);
  return report;
}

/** A session that is no cookie must be sent along, so a plain link would not do. */
async function download(shown: View, span: Span): Promise<void> {
  const file = await askFile(reportAddress('usage.csv', span, shown.by, shown.filters));
  const address = URL.createObjectURL(file);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = `qianqiao-usage-${shown.range}-${shown.by}.csv`;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  toast(t('csv.done'));
}

function zone(): string {
  const east = offset();
  const two = (n: number) => String(n).padStart(2, '0');
  const away = Math.abs(east);
  return `UTC${east < 0 ? '−' : '+'}${two(Math.floor(away / 60))}:${two(away % 60)}`;
}
