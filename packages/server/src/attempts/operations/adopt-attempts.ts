import { attemptStatesBefore } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** Attempts found on a host by the session that takes them over. */
export interface Adoption {
  readonly attemptIds: readonly string[];
  /** Those that wait for their turn: they may still be given back. */
  readonly unbegunIds: readonly string[];
  readonly agentId: string;
  readonly sessionId: string;
}

const STATEMENT = `
update attempts
set state = case when id = any ($5::uuid[]) and started_at is null then 'granted' else 'running' end, epoch = epoch + 1, session_id = $2, granted_at = now(), delivered_at = now(),
    started_at = case when id = any ($5::uuid[]) then started_at else coalesce(started_at, now()) end, cancel_announced_at = null
where id = any ($1::uuid[]) and agent_id = $3 and state = any ($4::text[])`;

/** Hands attempts to a new session under a new epoch; writes of the old one are refused from here on. Uses attempts_pkey. */
export async function adoptAttempts(db: Db, { attemptIds, unbegunIds, agentId, sessionId }: Adoption): Promise<void> {
  await db.query(STATEMENT, [attemptIds, sessionId, agentId, attemptStatesBefore('adopt'), unbegunIds]);
}
