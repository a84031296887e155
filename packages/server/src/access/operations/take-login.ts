import type { Db } from '../../db/database.ts';
import { hashToken } from '../secret-token.ts';
import type { NewLogin } from './insert-login.ts';

interface Row {
  readonly nonce: string;
  readonly code_verifier: string;
  readonly return_to: string | null;
  readonly cli_port: number | null;
  readonly cli_challenge: string | null;
}

const STATEMENT = `
delete from logins
where state_hash = $1 and browser_hash = $2 and expires_at > now()
returning nonce, code_verifier, return_to, cli_port, cli_challenge`;

/**
 * Uses a sign-in up: of two that come back with one state, the row lock lets one succeed. Uses logins_pkey. Undefined: it is
 * unknown, over, used before, or of another browser.
 */
export async function takeLogin(
  db: Db,
  state: string,
  browser: string,
): Promise<Omit<NewLogin, 'browser'> | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [hashToken(state), hashToken(browser)]);
  const [row] = rows;
  if (!row) return undefined;
  const { cli_port: port, cli_challenge: challenge } = row;
  return {
    checks: { state, nonce: row.nonce, codeVerifier: row.code_verifier },
    goal: port !== null && challenge !== null ? { port, challenge } : { returnTo: row.return_to ?? '/' },
  };
}
