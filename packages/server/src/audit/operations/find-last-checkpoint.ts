import type { AuditCheckpoint } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** The newest checkpoint, and how long ago it was signed. */
export interface LastCheckpoint {
  readonly checkpoint: AuditCheckpoint;
  readonly ageSeconds: number;
}

interface Row {
  readonly sequence: number;
  readonly hash: string;
  readonly at: string;
  readonly key_id: string;
  readonly signature: string;
  readonly age_seconds: number;
}

const STATEMENT = `
select sequence, hash, at, key_id, signature, extract(epoch from now() - at)::float8 as age_seconds
from audit_checkpoints
order by sequence desc
limit 1`;

/** Uses audit_checkpoints_pkey; locks nothing. Undefined: nothing was ever signed. */
export async function findLastCheckpoint(db: Db): Promise<LastCheckpoint | undefined> {
  const { rows } = await db.query<Row>(STATEMENT);
  const row = rows[0];
  if (!row) return undefined;
  const { sequence, hash, at, key_id: keyId, signature, age_seconds: ageSeconds } = row;
  return { checkpoint: { sequence, hash, at, keyId, signature }, ageSeconds };
}
