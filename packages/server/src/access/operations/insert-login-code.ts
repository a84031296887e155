import type { Db } from '../../db/database.ts';
import type { ProvenPerson } from '../oidc/oidc-client.ts';
import { createToken, hashToken } from '../secret-token.ts';

/** A person reads what they are asked; the command line listens for ten minutes. */
const CODE_SECONDS = 300;

const STATEMENT = `
with forgotten as (delete from login_codes where expires_at < now())
insert into login_codes (code_hash, challenge, name, groups, expires_at)
values ($1, $2, $3, $4, now() + make_interval(secs => ${CODE_SECONDS}))`;

/** Makes a code that a command line exchanges for its token; only its hash is kept. Uses login_codes_expires_at_idx. */
export async function insertLoginCode(db: Db, { name, groups }: ProvenPerson, challenge: string): Promise<string> {
  const code = createToken('link');
  await db.query(STATEMENT, [hashToken(code), challenge, name, groups]);
  return code;
}
