// The server's key for checkpoints: Ed25519, in PEM (PKCS #8), as `openssl genpkey -algorithm ed25519` writes it.
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { type AuditCheckpoint, formatCheckpointMessage, TowpathError } from '@towpath/core';

/** Signs checkpoints; the key stays inside. */
export interface AuditSigner {
  readonly keyId: string;
  /** PEM, SPKI. */
  readonly publicKey: string;
  sign(unsigned: Pick<AuditCheckpoint, 'sequence' | 'hash' | 'at'>): AuditCheckpoint;
}

/**
 * Reads the key.
 *
 * @throws TowpathError `AUDIT_KEY_INVALID`
 */
export function createAuditSigner(pem: string): AuditSigner {
  const key = parseKey(pem);
  const publicKey = createPublicKey(key);
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha256').update(der).digest('hex').slice(0, 16);
  return {
    keyId,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: ({ sequence, hash, at }) => {
      const message = Buffer.from(formatCheckpointMessage({ sequence, hash, at }));
      return { sequence, hash, at, keyId, signature: sign(null, message, key).toString('base64') };
    },
  };
}

// The parser's own error may quote the file; it is left out.
function parseKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Falls through: not a key at all.
  }
  throw new TowpathError({
    code: 'AUDIT_KEY_INVALID',
    message: 'The key for the checkpoints of the audit can not be used.',
    cause: 'It is not an Ed25519 private key in PEM.',
    fix: 'Make one: openssl genpkey -algorithm ed25519 -out audit-key.pem',
  });
}
