import { Link } from '@tanstack/react-router';
import type { PipelineView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatRunCommand } from '../../format/format-command.ts';
import { formatCount } from '../../format/format-count.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { Instant } from '../../layout/instant.tsx';
import { LinkButton } from '../../layout/link-button.tsx';
import { NameList } from '../../layout/name-list.tsx';
import { useCommandScope } from '../environments/environment-queries.ts';
import { StartRunButton } from '../runs/start-run-button.tsx';
import { usePermissions } from '../session/session-queries.ts';
import { LastRuns } from './last-runs.tsx';
import classes from './pipelines.module.css';

/** Task names shown before the rest is counted. */
const MOST_TASKS = 6;

/** One pipeline: what it is, where it comes from, how it ran lately, and the button that runs it. */
export function PipelineCard({ pipeline }: { readonly pipeline: PipelineView }): ReactNode {
  const scope = useCommandScope(pipeline.environment);
  return (
    <li className={classes.card}>
      <div className={classes.what}>
        <h2>
          <Link to="/pipelines/$name" params={{ name: pipeline.name }} data-row>
            <bdi>{pipeline.name}</bdi>
          </Link>
        </h2>
        {pipeline.description ? <p className="name">{pipeline.description}</p> : null}
        <TaskNames pipeline={pipeline} />
        <p className={classes.source}>
          <code className="name">{pipeline.sourceFile}</code>
          <span>
            in <bdi>{pipeline.codeLocation}</bdi>, registered <Instant at={pipeline.registeredAt} />, graph
          </span>
          <CopyableId id={pipeline.graphHash} what="graph hash" />
        </p>
      </div>
      <div className={classes.how}>
        <LastRuns runs={pipeline.lastRuns} />
        <div className={classes.run}>
          <CommandLine command={formatRunCommand(pipeline.name, scope)} />
          <RunButton pipeline={pipeline} />
        </div>
      </div>
    </li>
  );
}

/** Parameters are asked for on the pipeline's page; without any there is nothing to ask. */
function RunButton({ pipeline: { name, environment, parameters } }: { readonly pipeline: PipelineView }): ReactNode {
  const { canStart } = usePermissions();
  if (Object.keys(parameters).length === 0)
    return <StartRunButton pipeline={name} environment={environment} label="Run" look="quiet" />;
  if (!canStart) return null;
  return (
    <LinkButton
      label="Run with…"
      ariaLabel={`Run with… ${name} in ${environment}`}
      link={{ to: '/pipelines/$name', params: { name } }}
    />
  );
}

function TaskNames({ pipeline }: { readonly pipeline: PipelineView }): ReactNode {
  const shown = pipeline.tasks.slice(0, MOST_TASKS).map(({ id }) => id);
  const rest = pipeline.tasks.length - shown.length;
  return (
    <p className={classes.tasks}>
      {formatCount(pipeline.tasks.length, 'task')}
      {shown.length > 0 ? ': ' : ''}
      <NameList names={shown} />
      {rest > 0 ? ` and ${rest} more` : ''}
    </p>
  );
}
