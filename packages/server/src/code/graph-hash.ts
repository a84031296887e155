import { createHash } from 'node:crypto';
import { formatCanonicalJson, type GraphTask } from '@towpath/core';

/** Identity of any JSON value: SHA-256 (hex) of its canonical text. */
export function hashCanonicalJson(value: unknown): string {
  return createHash('sha256').update(formatCanonicalJson(value)).digest('hex');
}

/** Identity of what an executor starts; a process may be adopted only where this is equal. Names and retries are left out. */
export function hashTaskSpec({ datakit, argv, environmentVariables, timeoutSeconds }: GraphTask): string {
  return hashCanonicalJson({ datakit, argv, environmentVariables, timeoutSeconds });
}
