import { LIVE_STATES_SQL } from '../../attempts/live-states.ts';
import type { Db } from '../../db/database.ts';
import type { AttemptIdentity } from '../../http/identity.ts';
import { hashToken } from '../secret-token.ts';

interface Row {
  readonly id: string;
  readonly bundle_hash: string;
}

/** The state ends the token: nothing has to be revoked. */
const STATEMENT = `
select a.id, r.bundle_hash
from attempts a join runs r on r.id = a.run_id
where a.bundle_token_hash = $1 and a.state in (${LIVE_STATES_SQL}) and r.bundle_hash is not null`;

/**
 * Which attempt a token was issued to. Uses attempts_bundle_token_idx, locks nothing; once per fetch of a bundle. No row: it is
 * unknown, another was issued since, or the attempt has ended.
 */
export async function findAttemptByToken(db: Db, token: string): Promise<AttemptIdentity | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [hashToken(token)]);
  const row = rows[0];
  return row && { kind: 'attempt', name: row.id, role: 'attempt', bundleHash: row.bundle_hash };
}
