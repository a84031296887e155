import type { CodeLocationView, EnvironmentView } from '@towpath/api';
import type { ReactNode } from 'react';
import { useConnection } from '../../client/use-connection.ts';
import { formatCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { EmptyState } from '../../layout/empty-state.tsx';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { Instant } from '../../layout/instant.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { StateIcon } from '../../states/state-icon.tsx';
import { NotificationsPanel } from '../notifications/notifications-panel.tsx';
import { CodeLocationErrors } from '../pipelines/code-location-errors.tsx';
import { usePipelines } from '../pipelines/pipeline-queries.ts';
import { PoolsPanel } from '../pools/pools-panel.tsx';
import { ConfigurationPanel } from './configuration-panel.tsx';
import { useConfigurations } from './configuration-queries.ts';
import { describeEnvironmentHealth } from './describe-agents.ts';
import { useEnvironment, useEnvironments } from './environment-queries.ts';
import classes from './environments.module.css';
import { IdentityPanel } from './identity-panel.tsx';
import { PageTitle } from './page-title.tsx';

/** Is it healthy, is it the one I think? */
export function EnvironmentPage(): ReactNode {
  const environments = useEnvironments();
  const { environment } = useEnvironment();
  if (environments.isPending) return <LoadingRows label="Loading the environment" />;
  if (!environments.data)
    return (
      <ErrorPanel
        title="The environment can't be shown"
        error={environments.error}
        onRetry={() => void environments.refetch()}
      />
    );
  return environment ? <KnownEnvironment environment={environment} /> : <NoEnvironment />;
}

function NoEnvironment(): ReactNode {
  return (
    <>
      <PageTitle page="No such environment" />
      <EmptyState title="There is no such environment">
        <p>The address may name one that is gone. What runs on this machine is told by:</p>
        <CommandLine command={formatCommand('status')} />
      </EmptyState>
    </>
  );
}

function KnownEnvironment({ environment }: { readonly environment: EnvironmentView }): ReactNode {
  const code = usePipelines(environment.name);
  const locations = code.data?.codeLocations ?? [];
  const isStale = useConnection().kind === 'lost';
  const { all } = useEnvironment();
  const configurations = useConfigurations(environment.name).data;
  return (
    <div className={classes.page}>
      <PageTitle page="Environment" />
      <h1 className={classes.headline}>
        {describeEnvironmentHealth(environment, code.data?.codeLocations, configurations, isStale)}
      </h1>
      <p className={classes.lead}>
        Environment <bdi>{environment.name}</bdi> is of kind {environment.kind}.
      </p>
      <CodeLocationErrors codeLocations={locations} />
      <IdentityPanel environment={environment} configurations={configurations ?? []} />
      <Agents agents={environment.agents} />
      <section className={classes.panel} aria-label="Code locations">
        <h2>Code locations</h2>
        {code.isPending ? <LoadingRows label="Loading code locations" /> : null}
        {code.isError && !code.data ? <ErrorPanel error={code.error} onRetry={() => void code.refetch()} /> : null}
        {code.data && locations.length === 0 ? <p>None was ever loaded here: no agent has brought code.</p> : null}
        <ul className={classes.list}>
          {locations.map((location) => (
            <Location key={location.name} location={location} />
          ))}
        </ul>
      </section>
      <PoolsPanel environment={environment.name} />
      <NotificationsPanel environment={environment.name} />
      <ConfigurationPanel environment={environment.name} all={all} />
    </div>
  );
}

function Agents({ agents }: Pick<EnvironmentView, 'agents'>): ReactNode {
  return (
    <section className={classes.panel} aria-label="Agents">
      <h2>Agents</h2>
      {agents.length === 0 ? (
        <p>
          No agent has ever come, so nothing can run. On a laptop it is started by{' '}
          <CommandLine command={formatCommand('dev')} />
        </p>
      ) : null}
      <ul className={classes.list}>
        {agents.map((agent) => (
          <li key={agent.name}>
            <StateIcon state={agent.isLive ? 'succeeded' : 'uncertain'} size={14} />
            <strong className="name">{agent.name}</strong>
            <span>
              {agent.isLive ? 'live' : 'silent'} on <bdi>{agent.host}</bdi>, version {agent.version}, seen{' '}
              <Instant at={agent.lastSeenAt} />
              {describeHeld(agent)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function describeHeld({ attemptsHeld, maxAttempts }: EnvironmentView['agents'][number]): string {
  const held = attemptsHeld > 0 ? `, holds ${attemptsHeld} attempts` : ', holds no attempt';
  return maxAttempts === null ? held : `${held}, runs ${maxAttempts} at a time`;
}

function Location({ location }: { readonly location: CodeLocationView }): ReactNode {
  return (
    <li>
      <StateIcon state={location.error ? 'failed' : 'succeeded'} size={14} />
      <strong className="name">{location.name}</strong>
      <span>
        {location.loadedAt ? (
          <>
            loaded <Instant at={location.loadedAt} />
          </>
        ) : (
          'never loaded'
        )}
        {location.error ? ', does not load now' : ''}, source
      </span>
      <CopyableId id={location.sourceHash} what="source hash" />
    </li>
  );
}
