import type { Db } from '../../db/database.ts';

/** What waits for the chain. */
export interface UnlinkedCount {
  readonly unlinked: number;
  readonly unlinkedSince: string | null;
}

const STATEMENT = `
select count(*) as unlinked, min(at) as "unlinkedSince" from audit_entries where sequence is null`;

/** How many entries wait, and since when. Uses audit_entries_unlinked_idx; locks nothing. */
export async function countUnlinkedEntries(db: Db): Promise<UnlinkedCount> {
  const { rows } = await db.query<UnlinkedCount>(STATEMENT);
  return rows[0] ?? { unlinked: 0, unlinkedSince: null };
}
