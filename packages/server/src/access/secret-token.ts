// Tokens: 256 random bits, shown once, kept as SHA-256 only. A look-up by hash leaks nothing through its timing.
import { createHash, createHmac, randomBytes } from 'node:crypto';

/** Which credential a token is, for the eye and for secret scanners. */
export type TokenKind = 'agent' | 'access' | 'link' | 'session' | 'login' | 'attempt';

/** A new token, `towpath_<kind>_` and 43 characters. */
export function createToken(kind: TokenKind): string {
  return `towpath_${kind}_${randomBytes(32).toString('base64url')}`;
}

/** Whether it claims to be of this kind; only the look-up by its hash tells whether it is one. */
export function isTokenOf(kind: TokenKind, token: string): boolean {
  return token.startsWith(`towpath_${kind}_`);
}

/** What is stored of a token. A fast hash is enough: nobody guesses 256 random bits. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The CSRF token of a console session, derived from its cookie: nothing more to store, and useless without it. */
export function deriveCsrf(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('towpath-csrf').digest('base64url');
}
