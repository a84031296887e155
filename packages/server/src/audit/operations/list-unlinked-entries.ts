import type { AuditContent } from '@towpath/core';
import type { Db } from '../../db/database.ts';
import { AUDIT_CONTENT_COLUMNS, type AuditContentRow, toAuditContent } from '../audit-row.ts';

/** A committed entry that has no number yet. */
export interface UnlinkedEntry {
  readonly id: string;
  readonly content: AuditContent;
}

const STATEMENT = `
select id::text, ${AUDIT_CONTENT_COLUMNS} from audit_entries where sequence is null order by audit_entries.id limit $1`;

/**
 * Entries to link, in the order they were written. One whose transaction commits later gets a later number: whoever reads by
 * numbers misses nothing, and needs no other horizon. Uses audit_entries_unlinked_idx; locks nothing. No rows: all are linked.
 */
export async function listUnlinkedEntries(db: Db, limit: number): Promise<UnlinkedEntry[]> {
  const { rows } = await db.query<AuditContentRow & { readonly id: string }>(STATEMENT, [limit]);
  return rows.map((row) => ({ id: row.id, content: toAuditContent(row) }));
}
