import type { Db } from '../../db/database.ts';

/** Bytes that continue a log. */
export interface LogChunk {
  readonly attemptId: string;
  readonly startOffset: number;
  readonly bytes: Buffer;
}

const STATEMENT = `
with grown as (
  update attempts set log_length = log_length + length($3::bytea) where id = $1 and log_length = $2 returning id
)
insert into log_chunks (attempt_id, start_offset, bytes) select id, $2, $3 from grown`;

/** Continues a log at its end. The attempt is locked. Uses attempts_pkey; false (no row): the log ends elsewhere. */
export async function insertLogChunk(db: Db, { attemptId, startOffset, bytes }: LogChunk): Promise<boolean> {
  const answer = await db.query(STATEMENT, [attemptId, startOffset, bytes]);
  return answer.rowCount === 1;
}
