import type { ParameterSchemas } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** A registered pipeline as a run is planned from it. */
export interface FoundPipeline {
  readonly codeLocation: string;
  readonly sourceFile: string;
  readonly graphHash: string;
  readonly bundleHash: string | null;
  /** Null: it is of a working tree. */
  readonly releaseId: string | null;
  readonly parameters: ParameterSchemas;
  /** How many its graph has. */
  readonly tasks: number;
}

interface Row {
  readonly code_location: string;
  readonly source_file: string;
  readonly graph_hash: string;
  readonly bundle_hash: string | null;
  readonly release_id: string | null;
  readonly parameters: ParameterSchemas | null;
  readonly tasks: number;
}

const STATEMENT = `
select p.code_location, p.source_file, p.graph_hash, l.bundle_hash, l.release_id, g.body->'parameters' as parameters,
       jsonb_array_length(g.body->'tasks') as tasks
from pipelines p
join code_locations l on l.environment = p.environment and l.name = p.code_location
join graphs g on g.hash = p.graph_hash
where p.environment = $1 and p.name = $2 and p.removed_at is null and ($3::text is null or p.code_location = $3)
order by p.registered_at desc, p.code_location
limit 1`;

/** Where a pipeline is looked for; without a code location the newest registration of that name counts. */
export interface PipelineKey {
  readonly environment: string;
  readonly pipeline: string;
  readonly codeLocation?: string | undefined;
}

/** The registered pipeline. Uses pipelines_name_idx; locks nothing. Undefined: none of that name is registered. */
export async function findPipeline(db: Db, key: PipelineKey): Promise<FoundPipeline | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [key.environment, key.pipeline, key.codeLocation ?? null]);
  const row = rows[0];
  return (
    row && {
      codeLocation: row.code_location,
      sourceFile: row.source_file,
      graphHash: row.graph_hash,
      bundleHash: row.bundle_hash,
      releaseId: row.release_id,
      parameters: row.parameters ?? {},
      tasks: row.tasks,
    }
  );
}
