import { LIVE_STATES_SQL } from '../../attempts/live-states.ts';
import type { Db } from '../../db/database.ts';

/** A token for an attempt, from the agent that holds it. */
export interface BundleToken {
  readonly attemptId: string;
  readonly agentId: string;
  readonly epoch: number;
  readonly tokenHash: Buffer;
}

const STATEMENT = `
update attempts a
set bundle_token_hash = $4
from runs r
where a.id = $1 and a.agent_id = $2 and a.epoch = $3 and a.state in (${LIVE_STATES_SQL})
  and r.id = a.run_id and r.bundle_hash is not null`;

/**
 * Replaces the token of an attempt. Uses attempts_pkey, locks the attempt; once per attempt that fetches its bundle itself. False:
 * not an attempt of this agent under this epoch, it has ended, or its run has no bundle.
 */
export async function writeBundleToken(db: Db, token: BundleToken): Promise<boolean> {
  const { attemptId, agentId, epoch, tokenHash } = token;
  const { rowCount } = await db.query(STATEMENT, [attemptId, agentId, epoch, tokenHash]);
  return rowCount === 1;
}
