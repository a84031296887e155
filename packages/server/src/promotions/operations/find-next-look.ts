import type { Db } from '../../db/database.ts';

const STATEMENT = `
select extract(epoch from min(
         case when state = 'pending' then least(ask_again_at, (emergency->>'expiresAt')::timestamptz) else ask_again_at end
       ) - clock_timestamp()) * 1000 as wait_ms
from promotions
where state in ('pending', 'running')`;

/**
 * Milliseconds until time may change something about a promotion: open a gate, or end an emergency that still waits. Uses
 * promotions_live_key. Undefined: it won't.
 */
export async function findNextLook(db: Db): Promise<number | undefined> {
  const { rows } = await db.query<{ wait_ms: string | null }>(STATEMENT);
  const waitMs = rows[0]?.wait_ms;
  return waitMs === null || waitMs === undefined ? undefined : Math.ceil(Number(waitMs));
}
