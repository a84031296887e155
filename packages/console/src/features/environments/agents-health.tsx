import { HoverCard } from '@mantine/core';
import type { ReactNode } from 'react';
import { useConnection } from '../../client/use-connection.ts';
import { Instant } from '../../layout/instant.tsx';
import { StateIcon } from '../../states/state-icon.tsx';
import { describeAgents } from './describe-agents.ts';
import { useEnvironment } from './environment-queries.ts';
import classes from './environments.module.css';

/** Whether anything can run here: how many agents are live, each on hover. */
export function AgentsHealth(): ReactNode {
  const { environment } = useEnvironment();
  const isStale = useConnection().kind === 'lost';
  if (!environment) return null;
  const health = describeAgents(environment.agents, isStale);
  return (
    <HoverCard withinPortal position="bottom-end">
      <HoverCard.Target>
        <button type="button" className={classes.health}>
          <StateIcon state={health.isHealthy ? 'succeeded' : 'uncertain'} size={13} />
          <span>{health.words}</span>
        </button>
      </HoverCard.Target>
      <HoverCard.Dropdown className={classes.agents}>
        {environment.agents.length === 0 ? <p>No agent has ever come to {environment.name}.</p> : null}
        {environment.agents.map((agent) => (
          <p key={agent.name}>
            <StateIcon state={agent.isLive && !isStale ? 'succeeded' : 'uncertain'} size={13} />
            <strong className="name">{agent.name}</strong>
            <span>
              {isStale ? 'was ' : ''}
              {agent.isLive ? 'live' : 'silent'} on {agent.host}, version {agent.version}, seen{' '}
              <Instant at={agent.lastSeenAt} />
            </span>
          </p>
        ))}
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
