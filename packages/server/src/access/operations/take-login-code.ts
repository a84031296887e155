import { createHash } from 'node:crypto';
import type { Db } from '../../db/database.ts';
import { hashToken } from '../secret-token.ts';

/** Whom a code stands for. */
export interface CodeHolder {
  readonly name: string;
  readonly groups: readonly string[];
}

const STATEMENT = `
delete from login_codes where code_hash = $1 and challenge = $2 and expires_at > now() returning name, groups`;

/**
 * Uses a code up, by whoever knows the verifier of its challenge (RFC 7636, S256). Uses login_codes_pkey. Undefined: unknown,
 * used before, over, or another's.
 */
export async function takeLoginCode(db: Db, code: string, verifier: string): Promise<CodeHolder | undefined> {
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const { rows } = await db.query<CodeHolder>(STATEMENT, [hashToken(code), challenge]);
  return rows[0];
}
