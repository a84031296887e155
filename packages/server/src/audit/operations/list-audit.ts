import type { AuditEntryView } from '@towpath/api';
import type { ReadableEnvironments } from '../../access/readable-environments.ts';
import type { Db } from '../../db/database.ts';
import { AUDIT_CONTENT_COLUMNS, type AuditEntryRow, toAuditEntry } from '../audit-row.ts';

/** Which entries, and from where on. */
export interface AuditFilter {
  /** Only those of these environments; those of none only where all are meant. */
  readonly readable: ReadableEnvironments;
  readonly environment?: string | undefined;
  readonly actor?: string | undefined;
  /** A word, or what stands before its dot. */
  readonly action?: string | undefined;
  /** Id or name. */
  readonly subject?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Anywhere in it, whatever the case. */
  readonly text?: string | undefined;
  /** Only entries with a smaller number. */
  readonly before?: number | undefined;
  readonly limit: number;
}

// '/' is the character behind '.': a range the index serves, whatever the word holds.
const STATEMENT = `
select ${AUDIT_CONTENT_COLUMNS}, sequence, previous_hash, hash
from audit_entries
where sequence is not null
  and ($1::text is null or environment = $1)
  and ($2::text is null or actor_name = $2)
  and ($3::text is null or action = $3 or (action >= $3 || '.' and action < $3 || '/'))
  and ($4::text is null or subject_id = $4 or subject_name = $4)
  and ($5::timestamptz is null or at >= $5)
  and ($6::bigint is null or sequence < $6)
  and ($7::timestamptz is null or at < $7)
  and ($8::text is null or strpos(
    lower(concat_ws(E'\\n', actor_name, action, subject_name, subject_id, environment, why, details::text)), lower($8)) > 0)
  and ($9::text[] is null or environment = any ($9))
order by sequence desc
limit $10`;

/**
 * A page of linked entries, newest first. Uses audit_entries_sequence_key or the index of the filter; locks nothing. A text has no
 * index: it is looked for from the newest entry back, some 3 s for a million that don't hold it (see search-audit.ts).
 */
export async function listAudit(db: Db, filter: AuditFilter): Promise<AuditEntryView[]> {
  const { environment, actor, action, subject, since, before, until, text, readable, limit } = filter;
  const named = [environment, actor, action, subject, since, before, until, text, readable];
  const values = named.map((value) => value ?? null);
  const { rows } = await db.query<AuditEntryRow>(STATEMENT, [...values, limit]);
  return rows.map(toAuditEntry);
}
