// Appends to the chain: committed entries get their numbers, and the end of it is signed when that is due.
import { createHash } from 'node:crypto';
import { decideCheckpoint, linkEntries } from '@towpath/core';
import type pg from 'pg';
import { type Transaction, withTransaction } from '../../db/database.ts';
import type { AuditSigner } from '../audit-signer.ts';
import { findAuditHead } from '../operations/find-audit-head.ts';
import { findLastCheckpoint } from '../operations/find-last-checkpoint.ts';
import { insertCheckpoint } from '../operations/insert-checkpoint.ts';
import { linkAuditEntries } from '../operations/link-entries.ts';
import { listUnlinkedEntries } from '../operations/list-unlinked-entries.ts';
import { lockAuditChain } from '../operations/lock-audit-chain.ts';
import { readDatabaseTime } from '../operations/read-database-time.ts';

/** What a pass left: whether there may be more to link, and when the next checkpoint is due (undefined: none is). */
export interface ExtendedChain {
  readonly hasMore: boolean;
  readonly checkpointDueSeconds: number | undefined;
}

/** Bounds the memory of a pass, and how long others wait for the lock. */
const BATCH = 1000;

/**
 * Links up to a thousand entries and signs the end if that is due and there is a key. Locks: the chain. Idempotent: what is
 * linked stays as it is.
 */
export function extendChain(pool: pg.Pool, signer: AuditSigner | undefined): Promise<ExtendedChain> {
  return withTransaction(pool, async (tx) => {
    await lockAuditChain(tx);
    const linked = await linkUnlinked(tx);
    const checkpointDueSeconds = signer && (await signIfDue(tx, signer));
    return { hasMore: linked === BATCH, checkpointDueSeconds };
  });
}

async function linkUnlinked(tx: Transaction): Promise<number> {
  const entries = await listUnlinkedEntries(tx, BATCH);
  if (entries.length === 0) return 0;
  const head = await findAuditHead(tx);
  const links = linkEntries(
    head,
    entries.map(({ content }) => content),
    sha256,
  );
  await linkAuditEntries(
    tx,
    entries.flatMap(({ id }, i) => (links[i] ? [{ id, ...links[i] }] : [])),
  );
  return entries.length;
}

async function signIfDue(tx: Transaction, signer: AuditSigner): Promise<number | undefined> {
  const head = await findAuditHead(tx);
  const last = await findLastCheckpoint(tx);
  const due = decideCheckpoint(head, last && { sequence: last.checkpoint.sequence, ageSeconds: last.ageSeconds });
  if (due !== 0) return due;
  await insertCheckpoint(tx, signer.sign({ ...head, at: await readDatabaseTime(tx) }));
  return undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
