// Content by its SHA-256: what a registry names it by, and what is checked wherever content arrives.
import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { TowpathError } from '@towpath/core';

/** `sha256:<hex>` of these bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** What a descriptor says of content. */
export interface Expected {
  readonly digest: string;
  readonly size?: number | undefined;
}

/** Hands through what comes, and fails at the end when it was something else. `what` names it in the error. */
export function createDigestCheck(expected: Expected, what: string): Transform {
  const hash = createHash('sha256');
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      const digest = `sha256:${hash.digest('hex')}`;
      const isGood = digest === expected.digest && (expected.size === undefined || expected.size === size);
      done(isGood ? null : digestWrong(what, expected.digest, `${digest} (${size} bytes)`));
    },
  });
}

/** @throws TowpathError `DIGEST_WRONG` */
export function checkDigest(bytes: Uint8Array, digest: string, what: string): void {
  const found = digestOf(bytes);
  if (found !== digest) throw digestWrong(what, digest, `${found} (${bytes.length} bytes)`);
}

function digestWrong(what: string, expected: string, found: string): TowpathError {
  return new TowpathError({
    code: 'DIGEST_WRONG',
    message: `${what} is not what its digest says.`,
    cause: `Expected ${expected}, got ${found}.`,
    fix: 'Nothing of it was used. Look at the registry and at proxies before it; publish the image again from a good one.',
  });
}
