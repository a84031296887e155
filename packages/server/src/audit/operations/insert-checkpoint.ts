import type { AuditCheckpoint } from '@towpath/core';
import type { Transaction } from '../../db/database.ts';

const STATEMENT = `
insert into audit_checkpoints (sequence, hash, at, key_id, signature) values ($1, $2, $3, $4, $5)`;

/** Keeps a signed checkpoint, under the lock of the chain. */
export async function insertCheckpoint(tx: Transaction, checkpoint: AuditCheckpoint): Promise<void> {
  const { sequence, hash, at, keyId, signature } = checkpoint;
  await tx.query(STATEMENT, [sequence, hash, at, keyId, signature]);
}
