// Entries are kept for ever and read in pages, so what callers choose must not make one huge.
import { createHash } from 'node:crypto';
import { formatCanonicalJson, type JsonValue } from '@towpath/core';

/** Parameters of people are some hundred bytes; beyond this the hash proves what they were (the run keeps them). */
const LIMIT_BYTES = 16 * 1024;

/** A value as it is, or the SHA-256 of its canonical JSON when that is long. */
export function limitDetail(value: JsonValue): JsonValue {
  const text = formatCanonicalJson(value);
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= LIMIT_BYTES) return value;
  return { sha256: createHash('sha256').update(text).digest('hex'), sizeBytes };
}
