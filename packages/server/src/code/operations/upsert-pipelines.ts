import type { Db } from '../../db/database.ts';

/** Pipelines of one code location, as they are now. */
export interface PipelineSet {
  readonly environment: string;
  readonly codeLocation: string;
  readonly pipelines: readonly { readonly name: string; readonly sourceFile: string; readonly graphHash: string }[];
}

const STATEMENT = `
insert into pipelines (environment, code_location, name, source_file, graph_hash)
select $1, $2, p.name, p.source_file, p.graph_hash
from unnest($3::text[], $4::text[], $5::text[]) as p (name, source_file, graph_hash)
on conflict (environment, code_location, name) do update
set source_file = excluded.source_file, graph_hash = excluded.graph_hash, removed_at = null,
    registered_at = case when pipelines.graph_hash = excluded.graph_hash and pipelines.removed_at is null
                         then pipelines.registered_at else now() end
returning new.name, old.graph_hash is distinct from new.graph_hash or old.removed_at is not null as is_changed`;

/**
 * Registers pipelines; an unchanged one keeps its time. Returns the names of the others. Serialised by the row lock of the
 * code location.
 */
export async function upsertPipelines(
  db: Db,
  { environment, codeLocation, pipelines }: PipelineSet,
): Promise<string[]> {
  const { rows } = await db.query<{ name: string; is_changed: boolean }>(STATEMENT, [
    environment,
    codeLocation,
    pipelines.map(({ name }) => name),
    pipelines.map(({ sourceFile }) => sourceFile),
    pipelines.map(({ graphHash }) => graphHash),
  ]);
  return rows.filter((row) => row.is_changed).map(({ name }) => name);
}
