import type { AuditCheckpoint } from '@towpath/core';
import type { Db } from '../../db/database.ts';

const STATEMENT = `
select sequence, hash, at, key_id as "keyId", signature
from audit_checkpoints
where sequence > $1 and sequence <= $2
order by sequence`;

/** Checkpoints behind one number up to another. Uses audit_checkpoints_pkey; locks nothing. */
export async function listCheckpoints(db: Db, after: number, upTo: number): Promise<AuditCheckpoint[]> {
  const { rows } = await db.query<AuditCheckpoint>(STATEMENT, [after, upTo]);
  return rows;
}
