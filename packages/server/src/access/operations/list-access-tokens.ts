import type { TokenView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { TOKEN_COLUMNS, type TokenRow, toTokenView } from '../token-row.ts';

const STATEMENT = `
select ${TOKEN_COLUMNS} from access_tokens where ($1::text is null or name = $1) order by created_at desc, id desc limit 1000`;

/** Access tokens, newest first, without what they consist of. Reads the table whole: administrators ask now and then. */
export async function listAccessTokens(db: Db, name: string | undefined): Promise<TokenView[]> {
  const { rows } = await db.query<TokenRow>(STATEMENT, [name ?? null]);
  return rows.map(toTokenView);
}
