// The private key for checkpoints on disk: readable by its owner alone.
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { TowpathError } from '@towpath/core';

/** Reads the key of a laptop's instance; the first time it is made. */
export function ensureAuditKey(path: string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8');
  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, privateKey, { mode: 0o600, flag: 'wx' });
  return privateKey;
}

/**
 * Reads a key that must be there: one made on the fly would differ on each replica.
 *
 * @throws TowpathError `AUDIT_KEY_MISSING`
 */
export function readAuditKey(path: string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8');
  throw new TowpathError({
    code: 'AUDIT_KEY_MISSING',
    message: `There is no key for the checkpoints of the audit at ${path}.`,
    fix: `Make one: openssl genpkey -algorithm ed25519 -out ${path} && chmod 600 ${path}`,
  });
}
