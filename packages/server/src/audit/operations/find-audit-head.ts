import { type AuditHead, EMPTY_CHAIN } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** Where the chain ends, and when that entry was written; null for an empty one. */
export interface FoundAuditHead extends AuditHead {
  readonly lastAt: string | null;
}

const STATEMENT = `
select sequence, hash, at from audit_entries where sequence is not null order by sequence desc limit 1`;

/** The end of the chain. Uses audit_entries_sequence_key; locks nothing. */
export async function findAuditHead(db: Db): Promise<FoundAuditHead> {
  const { rows } = await db.query<AuditHead & { readonly at: string }>(STATEMENT);
  const row = rows[0];
  return row ? { sequence: row.sequence, hash: row.hash, lastAt: row.at } : { ...EMPTY_CHAIN, lastAt: null };
}
