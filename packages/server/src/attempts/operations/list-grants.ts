import type { SentGrant } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { type GrantRow, ORDER_OF_GRANTS, selectGrants, toSentGrant } from './grant-row.ts';

const STATEMENT = `${selectGrants('attempts')}
where a.id = any ($1::uuid[])
${ORDER_OF_GRANTS}`;

/** Grants that were made before: to be sent again, or adopted by a session of this protocol. Uses primary keys; locks nothing. */
export async function listGrants(db: Db, attemptIds: readonly string[], protocol: number): Promise<SentGrant[]> {
  if (attemptIds.length === 0) return [];
  const { rows } = await db.query<GrantRow>(STATEMENT, [attemptIds]);
  return rows.map((row) => toSentGrant(row, protocol));
}
