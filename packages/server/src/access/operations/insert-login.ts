import type { Db } from '../../db/database.ts';
import type { LoginChecks } from '../oidc/oidc-client.ts';
import { hashToken } from '../secret-token.ts';

/** Where a sign-in leads to: a page of the console, or a command line that listens. */
export type LoginGoal = { readonly returnTo: string } | ProgramGoal;

/** A command line on the browser's machine. */
export interface ProgramGoal {
  readonly port: number;
  readonly challenge: string;
  /** What it says of itself; null: nothing. */
  readonly program: string | null;
}

/** A sign-in that begins. */
export interface NewLogin {
  readonly checks: LoginChecks;
  /** The secret in the cookie of the browser that began it. */
  readonly browser: string;
  readonly goal: LoginGoal;
}

/** Long enough for a second factor. */
export const LOGIN_SECONDS = 600;

const STATEMENT = `
with forgotten as (delete from logins where expires_at < now())
insert into logins (state_hash, browser_hash, nonce, code_verifier, return_to, cli_port, cli_challenge, cli_program, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => ${LOGIN_SECONDS}))`;

/** Keeps what the provider must answer to, and forgets what nobody came back to. Uses logins_expires_at_idx. */
export async function insertLogin(db: Db, { checks, browser, goal }: NewLogin): Promise<void> {
  const way = 'returnTo' in goal ? [goal.returnTo, null, null, null] : [null, goal.port, goal.challenge, goal.program];
  const secrets = [hashToken(checks.state), hashToken(browser), checks.nonce, checks.codeVerifier];
  await db.query(STATEMENT, [...secrets, ...way]);
}
