import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useConnection } from '../../client/use-connection.ts';
import { StateIcon } from '../../states/state-icon.tsx';
import { useEnvironment } from '../environments/environment-queries.ts';
import { usePipelines } from '../pipelines/pipeline-queries.ts';
import { useSession } from '../session/session-queries.ts';
import { describeCode, describeServer } from './describe-health.ts';
import classes from './runs.module.css';

/** Whether the parts work that everything here stands on: server and code locations. Agents stand in the header, on every page. */
export function HealthStrip(): ReactNode {
  const { environment } = useEnvironment();
  const connection = useConnection().kind;
  const version = useSession().data?.version;
  const code = usePipelines(environment?.name).data?.codeLocations;
  if (!environment || !code) return null;
  const parts = [
    { name: 'server', to: '/environment', ...describeServer(connection, version) },
    { name: 'code', to: '/pipelines', ...describeCode(code) },
  ] as const;
  return (
    <ul className={classes.healthStrip} aria-label="Health of the parts">
      {parts.map(({ name, to, isHealthy, words }) => (
        <li key={name}>
          <Link to={to}>
            <StateIcon state={isHealthy ? 'succeeded' : 'uncertain'} size={13} />
            <span>{words}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
