import type { Db } from '../../db/database.ts';

const STATEMENT = `
update attempts
set cancel_announced_at = now()
where id = any ($1::uuid[]) and cancel_announced_at is null
returning id`;

/**
 * Notes that a claim carried these intents; returns how many were new. Only new ones end the wait of a claim, else an
 * agent that gives its processes time to end would ask in a tight loop. Uses attempts_pkey.
 */
export async function announceCancelIntents(db: Db, attemptIds: readonly string[]): Promise<number> {
  const answer = await db.query(STATEMENT, [attemptIds]);
  return answer.rowCount ?? 0;
}
