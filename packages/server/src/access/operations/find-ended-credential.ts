import { namedSubject, personSubject } from '../../audit/audit-subjects.ts';
import type { Db } from '../../db/database.ts';
import type { Refusal } from '../refusals/refusal-tally.ts';
import { hashToken } from '../secret-token.ts';

type Row = { readonly name: string; readonly environment: string | null; readonly is_revoked: boolean };

const STATEMENT = `
select a.name, a.environment, c.revoked_at is not null as is_revoked
from agent_credentials c join agents a on a.id = c.agent_id where c.token_hash = $1
union all
select name, null, revoked_at is not null from access_tokens where token_hash = $1`;

/** Whose a bearer token was that is valid no longer, and why it is not. Reads two primary keys, locks nothing. No row: nobody's. */
export async function findEndedCredential(db: Db, token: string): Promise<Pick<Refusal, 'whose' | 'reason'>> {
  const { rows } = await db.query<Row>(STATEMENT, [hashToken(token)]);
  const row = rows[0];
  if (!row) return { reason: 'unknown' };
  const { name, environment, is_revoked } = row;
  const subject = environment === null ? personSubject(name) : namedSubject('agent', environment, name);
  return { reason: is_revoked ? 'revoked' : 'expired', whose: { subject, environment } };
}
