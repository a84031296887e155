import type { PipelineView } from '@towpath/api';
import type { ReactNode } from 'react';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { ScheduleCard } from './schedule-card.tsx';
import { useSchedules } from './schedule-queries.ts';
import classes from './schedules.module.css';

/** The schedules of one pipeline, on its page. */
export function SchedulesOfPipeline({ pipeline }: { readonly pipeline: PipelineView }): ReactNode {
  const schedules = useSchedules(pipeline.environment);
  return (
    <section className={classes.ofPipeline} aria-label="Schedules">
      <h2>Schedules</h2>
      <Schedules pipeline={pipeline} schedules={schedules} />
    </section>
  );
}

interface SchedulesProps {
  readonly pipeline: PipelineView;
  readonly schedules: ReturnType<typeof useSchedules>;
}

function Schedules({ pipeline, schedules }: SchedulesProps): ReactNode {
  if (schedules.isPending) return <LoadingRows label="Loading schedules" />;
  if (!schedules.data) return <ErrorFactsPanel error={schedules.error} />;
  const own = schedules.data.filter((schedule) => schedule.pipeline === pipeline.name);
  if (own.length === 0)
    return (
      <p className={classes.muted}>
        It runs when somebody starts it. <code>schedules: [schedule({'{ cron: … }'})]</code> in{' '}
        <code className="name">{pipeline.sourceFile}</code> makes it run by itself.
      </p>
    );
  return (
    <ul className={classes.list}>
      {own.map((schedule) => (
        <ScheduleCard key={schedule.id} schedule={schedule} />
      ))}
    </ul>
  );
}
