import type { Db } from '../../db/database.ts';

/** A range of a log. */
export interface LogRange {
  readonly attemptId: string;
  readonly offset: number;
  readonly limit: number;
}

const STATEMENT = `
select start_offset, bytes
from log_chunks
where attempt_id = $1
  and start_offset >= coalesce(
    (select max(c.start_offset) from log_chunks c where c.attempt_id = $1 and c.start_offset <= $2), 0)
  and start_offset < $2 + $3
order by start_offset`;

/** The bytes of a range, as far as there are any. Uses log_chunks_pkey; locks nothing; chunks never change. */
export async function readLogBytes(db: Db, { attemptId, offset, limit }: LogRange): Promise<Buffer> {
  const { rows } = await db.query<{ start_offset: number; bytes: Buffer }>(STATEMENT, [attemptId, offset, limit]);
  const first = rows[0];
  if (!first) return Buffer.alloc(0);
  const start = offset - first.start_offset;
  return Buffer.concat(rows.map(({ bytes }) => bytes)).subarray(start, start + limit);
}
