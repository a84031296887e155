import type { PipelineView } from '@towpath/api';
import type { GraphTask } from '@towpath/core';
import type { Db } from '../../db/database.ts';
import { toTaskFacts } from '../task-facts.ts';

/** A pipeline without its runs. */
export type ListedPipeline = Omit<PipelineView, 'lastRuns'>;

interface Row {
  readonly name: string;
  readonly environment: string;
  readonly description: string;
  readonly code_location: string;
  readonly source_file: string;
  readonly source_hash: string;
  readonly graph_hash: string;
  readonly registered_at: string;
  readonly tasks: readonly GraphTask[];
  readonly parameters: PipelineView['parameters'] | null;
}

const STATEMENT = `
select p.name, p.environment, g.body->>'description' as description, p.code_location, p.source_file, l.source_hash,
       p.graph_hash, p.registered_at, g.body->'tasks' as tasks, g.body->'parameters' as parameters
from pipelines p
join environments e on e.name = p.environment
join code_locations l on l.environment = p.environment and l.name = p.code_location
join graphs g on g.hash = p.graph_hash
where p.removed_at is null and ($1::text is null or p.environment = $1)
order by e.position, p.environment, p.name, p.code_location`;

/** Registered pipelines of one environment or all, in the order people see. Uses pipelines_name_idx; locks nothing. */
export async function listPipelines(db: Db, environment: string | undefined): Promise<readonly ListedPipeline[]> {
  const { rows } = await db.query<Row>(STATEMENT, [environment ?? null]);
  return rows.map((row) => ({
    name: row.name,
    environment: row.environment,
    description: row.description,
    codeLocation: row.code_location,
    sourceFile: row.source_file,
    sourceHash: row.source_hash,
    graphHash: row.graph_hash,
    registeredAt: row.registered_at,
    tasks: row.tasks.map((task) => ({ id: task.id, ...toTaskFacts(task) })),
    parameters: row.parameters ?? {},
  }));
}
