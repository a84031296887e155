import type { AuditEntryView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { AUDIT_CONTENT_COLUMNS, type AuditEntryRow, toAuditEntry } from '../audit-row.ts';

const STATEMENT = `
select ${AUDIT_CONTENT_COLUMNS}, sequence, previous_hash, hash
from audit_entries
where sequence > $1
order by sequence
limit $2`;

/** The next entries of the chain behind a number, oldest first. Uses audit_entries_sequence_key; locks nothing. */
export async function readAudit(db: Db, after: number, limit: number): Promise<AuditEntryView[]> {
  const { rows } = await db.query<AuditEntryRow>(STATEMENT, [after, limit]);
  return rows.map(toAuditEntry);
}
