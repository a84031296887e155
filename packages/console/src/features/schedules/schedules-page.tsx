import type { ReactNode } from 'react';
import { formatCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { EmptyState } from '../../layout/empty-state.tsx';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { Headline } from '../../layout/headline.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { useNow } from '../../layout/use-now.ts';
import { useEnvironmentName } from '../environments/environment-queries.ts';
import { PageTitle } from '../environments/page-title.tsx';
import { describeSchedules, sortByNext } from './describe-schedules.ts';
import { ScheduleCard } from './schedule-card.tsx';
import { useSchedules } from './schedule-queries.ts';
import classes from './schedules.module.css';

/** What runs by itself, when next, and what became of the last slots? */
export function SchedulesPage(): ReactNode {
  const environment = useEnvironmentName();
  const schedules = useSchedules(environment);
  const nowMs = useNow(5000);
  if (schedules.isPending) return <LoadingRows label="Loading schedules" />;
  if (!schedules.data)
    return (
      <ErrorPanel
        title="The schedules can't be shown"
        error={schedules.error}
        onRetry={() => void schedules.refetch()}
      />
    );
  return (
    <div className={classes.page}>
      <PageTitle page="Schedules" />
      <Headline>{describeSchedules(schedules.data, nowMs)}</Headline>
      {schedules.data.length === 0 ? (
        <NoSchedules />
      ) : (
        <ul className={classes.list}>
          {sortByNext(schedules.data).map((schedule) => (
            <ScheduleCard key={schedule.id} schedule={schedule} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** The definition to copy; the time of day is an example. */
const DEFINITION = `schedules: [
  schedule({ cron: '0 6 * * 1-5', timeZone: 'Europe/London' }),
],`;

function NoSchedules(): ReactNode {
  return (
    <EmptyState title="No pipeline has a schedule">
      <p>
        Give one to a pipeline in its file, beside <code>tasks</code>; save, and it appears here:
      </p>
      <pre className={classes.definition}>{DEFINITION}</pre>
      <p>
        <code>schedule</code> comes from <code>towpath</code>. In a local environment it begins paused. In a terminal:
      </p>
      <CommandLine command={formatCommand('schedules')} />
    </EmptyState>
  );
}
