import type { BoardRow, ReleaseName } from '@towpath/api';
import type { EnvironmentKind } from '@towpath/core';
import type { Db } from '../../db/database.ts';
import { IS_UNFINISHED } from './list-unfinished-deploys.ts';

/** A row of the board without its promotion. */
export type ListedBoardRow = Omit<BoardRow, 'promotion'>;

interface Row {
  readonly environment: string;
  readonly kind: EnvironmentKind;
  readonly project: string | null;
  readonly deployed: ReleaseName | null;
  readonly since: string;
  readonly desired: ReleaseName | null;
  readonly agents: BoardRow['agents'] | null;
  readonly unfinished: ReleaseName | null;
  readonly last_runs: BoardRow['lastRuns'] | null;
}

const NAME = (table: string) =>
  `jsonb_build_object('id', ${table}.id, 'project', ${table}.project, 'version', ${table}.version)`;

const STATEMENT = `
select e.name as environment, e.kind, e.project, d.started_at as since,
       case when l.id is not null then ${NAME('l')} end as deployed,
       case when w.id is not null then ${NAME('w')} end as desired,
       (select jsonb_agg(jsonb_build_object('name', a.name, 'error', r.error_message,
                                            'release', case when o.id is not null then ${NAME('o')} end) order by a.name)
        from agents a
        join agent_sessions s on s.agent_id = a.id and s.ended_at is null and s.silent_at is null
        left join session_releases r on r.session_id = s.id
        left join releases o on o.id = r.release_id
        where a.environment = e.name) as agents,
       (select ${NAME('u')}
        from promotions p join releases u on u.id = p.release_id
        where p.environment = e.name and p.started_at > d.started_at and ${IS_UNFINISHED}
        order by p.id desc limit 1) as unfinished,
       (select jsonb_agg(x.state order by x.run_number desc)
        from (select r.run_number, r.state
              -- By number, which only runs_number_key gives in order. By id PostgreSQL walks back through the runs of all
              -- environments, as far as a quiet one ran.
              from (select id, run_number, state, release_id, finished_at from runs
                    where environment = e.name order by run_number desc limit 200) r
              where r.release_id = d.release_id and r.finished_at is not null
                -- Ids grow with time.
                and r.id >= (select uuidv7(d.started_at - clock_timestamp() - interval '1 second'))
              order by r.run_number desc limit 10) x) as last_runs
from environments e
left join deployments d on d.environment = e.name and d.ended_at is null
left join releases l on l.id = d.release_id
left join desired_releases q on q.environment = e.name
left join releases w on w.id = q.release_id
where e.kind <> 'local'
order by e.position, e.name`;

/**
 * All environments that releases come to, in their order, with what each runs. Of the last 200 runs of an environment the ten newest
 * that ended since its deployment: more are not looked through, so that a thousand environments that have just been deployed cost
 * no history. Uses deployments_current_key, agent_sessions_live_agent_key and runs_number_key; locks nothing.
 */
export async function listBoard(db: Db): Promise<readonly ListedBoardRow[]> {
  const { rows } = await db.query<Row>(STATEMENT);
  return rows.map(({ environment, kind, project, deployed, since, desired, agents, unfinished, last_runs }) => ({
    environment,
    kind,
    project,
    deployment: deployed && { release: deployed, since },
    desired,
    unfinishedDeploy: unfinished,
    agents: agents ?? [],
    lastRuns: last_runs ?? [],
  }));
}
