import type { LastDatakitRun } from '@towpath/api';
import type { AttemptState, EnvironmentKind } from '@towpath/core';
import type { ReadableEnvironments } from '../../access/readable-environments.ts';
import type { Db } from '../../db/database.ts';

/** One datakit in one environment, as it is stored. */
export interface InventoryRow {
  readonly name: string;
  readonly environment: string;
  readonly kind: EnvironmentKind;
  /** Null: no agent of the environment has said anything. */
  readonly observed_at: string | null;
  readonly agent: string;
  readonly source: 'registry' | 'folder';
  readonly platform_version: string;
  readonly memory_mib: number | null;
  /** Null: no pipeline of the environment names it. */
  readonly datakit: unknown;
  /** Null: no attempt of it has run. */
  readonly attempt_id: string | null;
  readonly datakit_version: string;
  readonly execution: Pick<LastDatakitRun, 'executor' | 'image'> | null;
  readonly run_id: string;
  readonly run_number: number;
  readonly pipeline: string;
  readonly task_id: string;
  readonly state: AttemptState;
  readonly finished_at: string;
}

const STATEMENT = `
with entries as materialized (
  select i.environment, d ->> 'name' as name, d as datakit
  from datakit_inventories i
  cross join jsonb_array_elements(i.report -> 'datakits') d
  where d ->> 'name' = any ($1::text[])
)
select n.name, e.name as environment, e.kind, i.observed_at, g.name as agent, i.report ->> 'source' as source,
       i.report ->> 'platformVersion' as platform_version, (i.report ->> 'memoryMiB')::integer as memory_mib, x.datakit,
       l.id as attempt_id, l.datakit_version, l.execution, l.run_id, r.run_number, r.pipeline, l.task_id, l.state,
       l.finished_at
from unnest($1::text[]) with ordinality as n (name, position)
cross join environments e
left join datakit_inventories i on i.environment = e.name
left join agents g on g.id = i.agent_id
left join entries x on x.environment = e.name and x.name = n.name
left join lateral (
  select * from attempts a
  where a.environment = e.name and a.datakit_name = n.name
  order by a.finished_at desc
  limit 1
) l on true
left join runs r on r.id = l.run_id
where $2::text[] is null or e.name = any ($2)
order by n.position, e.position, e.name`;

/**
 * These datakits in every environment that may be read, in order, each with the last attempt that ran it. Uses attempts_datakit_idx, runs_pkey;
 * locks nothing.
 */
export async function listInventory(
  db: Db,
  names: readonly string[],
  readable: ReadableEnvironments,
): Promise<readonly InventoryRow[]> {
  if (names.length === 0) return [];
  const { rows } = await db.query<InventoryRow>(STATEMENT, [names, readable]);
  return rows;
}
