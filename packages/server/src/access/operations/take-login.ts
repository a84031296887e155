import type { Db } from '../../db/database.ts';
import { hashToken } from '../secret-token.ts';
import { LOGIN_SECONDS, type NewLogin } from './insert-login.ts';

/** A sign-in whose browser came back. */
export interface BegunLogin extends Omit<NewLogin, 'browser'> {
  readonly begunAt: string;
}

interface Row {
  readonly nonce: string;
  readonly code_verifier: string;
  readonly return_to: string | null;
  readonly cli_port: number | null;
  readonly cli_challenge: string | null;
  readonly cli_program: string | null;
  readonly begun_at: string;
}

const STATEMENT = `
delete from logins
where state_hash = $1 and browser_hash = $2 and expires_at > now()
returning nonce, code_verifier, return_to, cli_port, cli_challenge, cli_program,
  expires_at - make_interval(secs => ${LOGIN_SECONDS}) as begun_at`;

/**
 * Uses a sign-in up: of two that come back with one state, the row lock lets one succeed. Uses logins_pkey. Undefined: it is
 * unknown, over, used before, or of another browser.
 */
export async function takeLogin(db: Db, state: string, browser: string): Promise<BegunLogin | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [hashToken(state), hashToken(browser)]);
  const [row] = rows;
  if (!row) return undefined;
  const { cli_port: port, cli_challenge: challenge, cli_program: program } = row;
  return {
    checks: { state, nonce: row.nonce, codeVerifier: row.code_verifier },
    goal: port !== null && challenge !== null ? { port, challenge, program } : { returnTo: row.return_to ?? '/' },
    begunAt: row.begun_at,
  };
}
