import type { Db } from '../../db/database.ts';
import { HORIZON, POSITION_SHIFT } from '../event-horizon.ts';

const STATEMENT = `with ${HORIZON} select (xid::text::bigint << ${POSITION_SHIFT})::text as position from horizon`;

/** Where a reader begins that wants only what is new. Locks nothing. */
export async function findEventPosition(db: Db): Promise<string> {
  const { rows } = await db.query<{ position: string }>(STATEMENT);
  return rows[0]?.position ?? '0';
}
