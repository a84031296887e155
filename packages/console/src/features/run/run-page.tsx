import { SegmentedControl } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { RunDetail } from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import { lazy, type ReactNode, Suspense } from 'react';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { PageTitle } from '../environments/page-title.tsx';
import type { GraphedTask } from '../graph/fold-graph.ts';
import { countQuarantined, describeRun, isUncertain, pickTask } from './describe-run.ts';
import classes from './run.module.css';
import { useRun } from './run-detail-queries.ts';
import { RunHeader } from './run-header.tsx';
import { RunTimeline } from './run-timeline.tsx';
import { TaskPanel } from './task-panel.tsx';

// The graph brings a drawing library and a layout engine, together larger than the console.
const TaskGraph = lazy(async () => ({ default: (await import('../graph/task-graph.tsx')).TaskGraph }));

/** Ids of runs are UUIDs; another address never was one. */
const RUN_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What failed in this run, is its data complete, what do I do? */
export function RunPage(): ReactNode {
  const { runId } = useParams({ from: '/framed/runs/$runId' });
  return RUN_ID.test(runId) ? <KnownRun runId={runId} /> : <NoSuchRun />;
}

function KnownRun({ runId }: { readonly runId: string }): ReactNode {
  const run = useRun(runId);
  if (run.isPending) return <LoadingRows label="Loading the run" />;
  if (!run.data)
    return <ErrorPanel title="This run can't be shown" error={run.error} onRetry={() => void run.refetch()} />;
  return <LoadedRun run={run.data} />;
}

function NoSuchRun(): ReactNode {
  return (
    <div className={classes.answer}>
      <PageTitle page="No such run" />
      <h1>There is no such run</h1>
      <p>
        The address may be mistyped. <Link to="/runs">Go to the runs</Link>
      </p>
    </div>
  );
}

function LoadedRun({ run }: { readonly run: RunDetail }): ReactNode {
  const search = useSearch({ from: '/framed/runs/$runId' });
  const task = pickTask(run, search.task);
  return (
    <div className={classes.page}>
      <PageTitle page={`${run.name}: ${describeRun(run).split(':')[0]}`} />
      <RunHeader run={run} />
      <div className={classes.columns}>
        <section className={classes.panel} aria-label="Tasks">
          <ViewSwitch isGraph={search.view === 'graph'} taskCount={run.tasks.length} />
          {search.view === 'graph' ? (
            <Suspense fallback={<LoadingRows label="Loading the graph" />}>
              <TaskGraph
                graphHash={run.graphHash}
                tasks={toGraphed(run)}
                selectedTaskId={task?.id}
                page="/runs/$runId"
              />
            </Suspense>
          ) : (
            <RunTimeline run={run} selectedTaskId={task?.id} />
          )}
        </section>
        {task ? (
          <TaskPanel
            key={task.id}
            run={run}
            task={task}
            attemptNumber={search.attempt}
            isRunOver={isTerminalRunState(run.state)}
          />
        ) : null}
      </div>
    </div>
  );
}

function toGraphed({ tasks }: RunDetail): readonly GraphedTask[] {
  return tasks.map((task) => ({
    id: task.id,
    dependsOn: task.dependsOn,
    state: isUncertain(task) ? 'uncertain' : task.state,
    quarantinedCount: countQuarantined(task),
  }));
}

interface ViewSwitchProps {
  readonly isGraph: boolean;
  readonly taskCount: number;
}

function ViewSwitch({ isGraph, taskCount }: ViewSwitchProps): ReactNode {
  const navigate = useNavigate({ from: '/runs/$runId' });
  return (
    <div className={classes.panelHead}>
      <h2>
        Tasks <span className={classes.count}>{taskCount}</span>
      </h2>
      <SegmentedControl
        size="xs"
        aria-label="How to show the tasks"
        data={[
          { value: 'timeline', label: 'Timeline' },
          { value: 'graph', label: 'Graph' },
        ]}
        value={isGraph ? 'graph' : 'timeline'}
        onChange={(view) =>
          void navigate({
            search: ({ view: _, ...rest }) => ({ ...rest, ...(view === 'graph' ? { view } : {}) }),
            replace: true,
            resetScroll: false,
          })
        }
      />
    </div>
  );
}
