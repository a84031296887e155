// Attempts of one pipeline have the same secrets: their redactor is made once. With a private key it takes 0.1 s of the agent's
// one thread (scripts/bench/redaction.ts).
import { createHash } from 'node:crypto';
import type { ErrorFacts } from '@towpath/core';
import { createRedactor, type NamedSecret, type Redactor } from './create-redactor.ts';

export interface RedactorCache {
  /** The redactor of these secrets; all their names and texts decide. */
  get(secrets: readonly NamedSecret[]): Redactor;
}

/** Each holds its secrets in memory, a private key's some megabytes; so few are kept, those used last. */
const MAX_REDACTORS = 8;

/** Creates an empty one. `tell` hears of what a new redactor does not take out; not with each attempt. */
export function createRedactorCache(tell: (problem: ErrorFacts) => void): RedactorCache {
  const redactors = new Map<string, Redactor>();
  const create = (secrets: readonly NamedSecret[]): Redactor => {
    const redactor = createRedactor(secrets);
    redactor.problems.forEach(tell);
    return redactor;
  };
  return {
    get: (secrets) => {
      const key = digest(secrets);
      const redactor = redactors.get(key) ?? create(secrets);
      // The end of a Map's order is what was used last.
      redactors.delete(key);
      redactors.set(key, redactor);
      const [oldest] = redactors.keys();
      if (redactors.size > MAX_REDACTORS && oldest !== undefined) redactors.delete(oldest);
      return redactor;
    },
  };
}

/** So that the key of a forgotten one tells nothing. */
function digest(secrets: readonly NamedSecret[]): string {
  const hash = createHash('sha256');
  for (const { name, value } of secrets) {
    const bytes = value.bytes();
    hash.update(`${Buffer.byteLength(name)} ${name} ${bytes.length} `).update(bytes);
  }
  return hash.digest('hex');
}
