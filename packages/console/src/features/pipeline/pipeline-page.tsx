import { Link, useParams, useSearch } from '@tanstack/react-router';
import type { PipelineView } from '@towpath/api';
import { lazy, type ReactNode, Suspense } from 'react';
import { formatCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { Fact } from '../../layout/fact.tsx';
import { Headline } from '../../layout/headline.tsx';
import { Instant } from '../../layout/instant.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { useEnvironmentName } from '../environments/environment-queries.ts';
import { PageTitle } from '../environments/page-title.tsx';
import { RunGrid } from '../grid/run-grid.tsx';
import { CodeLocationErrors } from '../pipelines/code-location-errors.tsx';
import { LastRuns } from '../pipelines/last-runs.tsx';
import { usePipelines } from '../pipelines/pipeline-queries.ts';
import { TaskFacts } from '../run/task-facts.tsx';
import { SchedulesOfPipeline } from '../schedules/schedules-of-pipeline.tsx';
import classes from './pipeline.module.css';
import { StartPanel } from './start-panel.tsx';

const TaskGraph = lazy(async () => ({ default: (await import('../graph/task-graph.tsx')).TaskGraph }));

/** What is this pipeline, how did it run lately, when next; and the form that runs it. */
export function PipelinePage(): ReactNode {
  const { name } = useParams({ from: '/framed/pipelines/$name' });
  const answer = usePipelines(useEnvironmentName());
  if (answer.isPending) return <LoadingRows label="Loading the pipeline" />;
  if (!answer.data)
    return (
      <ErrorPanel title="The pipeline can't be shown" error={answer.error} onRetry={() => void answer.refetch()} />
    );
  const pipeline = answer.data.pipelines.find((candidate) => candidate.name === name);
  if (!pipeline) return <NoSuchPipeline name={name} />;
  const locations = answer.data.codeLocations.filter((location) => location.name === pipeline.codeLocation);
  return (
    <div className={classes.page}>
      <PageTitle page={name} />
      <PipelineHeader pipeline={pipeline} />
      <CodeLocationErrors codeLocations={locations} />
      <div className={classes.columns}>
        <StartPanel pipeline={pipeline} />
        <SchedulesOfPipeline pipeline={pipeline} />
      </div>
      <TasksPanel pipeline={pipeline} />
      <RunGrid environment={pipeline.environment} pipeline={pipeline.name} />
    </div>
  );
}

function NoSuchPipeline({ name }: { readonly name: string }): ReactNode {
  return (
    <div className={classes.page}>
      <PageTitle page="No such pipeline" />
      <Headline>
        There is no pipeline <bdi>{name}</bdi> here
      </Headline>
      <p>
        It may be registered in another environment, or its code does not load.{' '}
        <Link to="/pipelines">Go to the pipelines</Link>, or list them in a terminal:{' '}
        <CommandLine command={formatCommand('pipelines')} />
      </p>
    </div>
  );
}

function PipelineHeader({ pipeline }: { readonly pipeline: PipelineView }): ReactNode {
  return (
    <header className={classes.head}>
      <p className={classes.muted}>
        <Link to="/pipelines">Pipelines</Link> <span aria-hidden="true">/</span> <bdi>{pipeline.name}</bdi>
      </p>
      <Headline>
        <bdi>{pipeline.name}</bdi>
      </Headline>
      {pipeline.description ? <p className="name">{pipeline.description}</p> : null}
      <LastRuns runs={pipeline.lastRuns} />
      <dl className={classes.facts}>
        <Fact term="Source">
          <code className="name">{pipeline.sourceFile}</code>
        </Fact>
        <Fact term="Code location">
          <bdi>{pipeline.codeLocation}</bdi>
        </Fact>
        <Fact term="Registered">
          <Instant at={pipeline.registeredAt} />
        </Fact>
        <Fact term="Source SHA-256">
          <CopyableId id={pipeline.sourceHash} what="source hash" />
        </Fact>
        <Fact term="Graph">
          <CopyableId id={pipeline.graphHash} what="graph hash" />
        </Fact>
        <Fact term="Runs">
          <Link to="/runs" search={{ pipeline: pipeline.name }}>
            all of it
          </Link>
        </Fact>
      </dl>
    </header>
  );
}

function TasksPanel({ pipeline }: { readonly pipeline: PipelineView }): ReactNode {
  const { task: wanted } = useSearch({ from: '/framed/pipelines/$name' });
  const task = pipeline.tasks.find(({ id }) => id === wanted) ?? pipeline.tasks[0];
  const graphed = pipeline.tasks.map(({ id, dependsOn, datakit }) => ({
    id,
    dependsOn,
    work: datakit ? `datakit ${datakit.name}` : 'function',
  }));
  return (
    <section className={classes.panel} aria-label="Tasks">
      <h2>
        Tasks <span className={classes.muted}>{pipeline.tasks.length}</span>
      </h2>
      <div className={classes.tasks}>
        <Suspense fallback={<LoadingRows label="Loading the graph" />}>
          <TaskGraph graphHash={pipeline.graphHash} tasks={graphed} selectedTaskId={task?.id} page="/pipelines/$name" />
        </Suspense>
      </div>
      {task ? (
        <section className={classes.task} aria-label={`Task ${task.id}`}>
          <h3>
            <bdi>{task.id}</bdi>
          </h3>
          <TaskFacts task={task} />
        </section>
      ) : null}
    </section>
  );
}
