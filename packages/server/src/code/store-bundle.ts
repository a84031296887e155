// A bundle is kept under the hash of its bytes, whoever brings it.
import { createHash } from 'node:crypto';
import { TowpathError } from '@towpath/core';
import type { Db } from '../db/database.ts';
import { insertBundle } from './operations/insert-bundle.ts';

/**
 * Keeps a bundle; returns its size. Idempotent.
 *
 * @throws TowpathError `BUNDLE_HASH_WRONG`
 */
export async function storeBundle(db: Db, hash: string, bytes: Buffer): Promise<{ sizeBytes: number }> {
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== hash) throw hashWrong(hash, actual);
  await insertBundle(db, { hash, bytes });
  return { sizeBytes: bytes.length };
}

function hashWrong(hash: string, actual: string): TowpathError {
  return new TowpathError({
    code: 'BUNDLE_HASH_WRONG',
    message: 'The bundle is not the one that was announced.',
    cause: `Its SHA-256 is ${actual}, not ${hash}.`,
    fix: 'Send it again; when this repeats, something on the way to the server changes bodies.',
  });
}
