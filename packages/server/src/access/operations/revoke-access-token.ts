import type { TokenView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { TOKEN_COLUMNS, type TokenRow, toTokenView } from '../token-row.ts';

const STATEMENT = `
with token as (
  update access_tokens set revoked_at = now()
  where id = $1 and revoked_at is null and expires_at > now()
  returning ${TOKEN_COLUMNS}
), sessions as (
  update console_sessions s set expires_at = now() from token t where s.token_id = t.id and s.expires_at > now()
), links as (
  update console_links l set expires_at = now() from token t
  where l.token_id = t.id and l.used_at is null and l.expires_at > now()
)
select ${TOKEN_COLUMNS} from token`;

/** Ends a token with the consoles and links that came from it. Uses access_tokens_id_key. Undefined: no token of that id is valid. */
export async function revokeAccessToken(db: Db, id: string): Promise<TokenView | undefined> {
  const { rows } = await db.query<TokenRow>(STATEMENT, [id]);
  return rows[0] && toTokenView(rows[0]);
}
