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
  readonly are_of_release: boolean[] | null;
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
       x.last_runs, x.are_of_release
from environments e
left join deployments d on d.environment = e.name and d.ended_at is null
left join releases l on l.id = d.release_id
left join desired_releases q on q.environment = e.name
left join releases w on w.id = q.release_id
left join lateral (
  select array_agg(r.state order by r.run_number desc) as last_runs,
         array_agg(coalesce(r.release_id = d.release_id, false) order by r.run_number desc) as are_of_release
  from (select n.run_number, n.state, n.release_id
        -- By number, which only runs_number_key gives in order. By id PostgreSQL walks back through the runs of all
        -- environments, as far as a quiet one ran.
        from (select run_number, state, release_id, finished_at from runs
              where environment = e.name order by run_number desc limit 200) n
        where n.finished_at is not null
        order by n.run_number desc limit 10) r) x on true
where e.kind <> 'local'
order by e.position, e.name`;

/**
 * All environments that releases come to, in their order, with what each runs. Of the last 200 runs of an environment the ten newest
 * that ended, whatever they ran: more are not looked through, so that a thousand environments in which runs wait in line cost no
 * history. Uses deployments_current_key, agent_sessions_live_agent_key and runs_number_key; locks nothing.
 */
export async function listBoard(db: Db): Promise<readonly ListedBoardRow[]> {
  const { rows } = await db.query<Row>(STATEMENT);
  return rows.map(({ environment, kind, project, deployed, since, desired, agents, unfinished, ...row }) => ({
    environment,
    kind,
    project,
    deployment: deployed && { release: deployed, since },
    desired,
    unfinishedDeploy: unfinished,
    agents: agents ?? [],
    lastRuns: row.last_runs ?? [],
    areOfRelease: row.are_of_release ?? [],
  }));
}
