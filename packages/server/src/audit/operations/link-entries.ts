import type { AuditLink } from '@towpath/core';
import type { Transaction } from '../../db/database.ts';

/** The place that an entry gets. */
export interface EntryLink extends AuditLink {
  readonly id: string;
}

const STATEMENT = `
update audit_entries e
set sequence = l.sequence, previous_hash = l.previous_hash, hash = l.hash
from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) as l (id, sequence, previous_hash, hash)
where e.id = l.id and e.sequence is null`;

/** Links entries under the lock of the chain. Fewer rows than links can't be: nobody else links, and nobody deletes. */
export async function linkAuditEntries(tx: Transaction, links: readonly EntryLink[]): Promise<void> {
  const answer = await tx.query(STATEMENT, [
    links.map(({ id }) => id),
    links.map(({ sequence }) => sequence),
    links.map(({ previousHash }) => previousHash),
    links.map(({ hash }) => hash),
  ]);
  if (answer.rowCount !== links.length)
    throw new Error(`${links.length} audit entries were to be linked, ${answer.rowCount} were`);
}
