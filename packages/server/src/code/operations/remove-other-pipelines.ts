import type { Db } from '../../db/database.ts';
import type { PipelineSet } from './upsert-pipelines.ts';

const STATEMENT = `
update pipelines set removed_at = now()
where environment = $1 and code_location = $2 and removed_at is null and name <> all ($3::text[])`;

/** Marks the pipelines of a location that are not in the set as removed; returns how many. Runs keep their graphs. */
export async function removeOtherPipelines(db: Db, set: PipelineSet): Promise<number> {
  const names = set.pipelines.map(({ name }) => name);
  const answer = await db.query(STATEMENT, [set.environment, set.codeLocation, names]);
  return answer.rowCount ?? 0;
}
