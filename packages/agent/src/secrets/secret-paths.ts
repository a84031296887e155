// Whose secret a path is. An environment asks for its own paths and for shared ones, never for another environment's;
// that is found out from the name, before anything is asked.
import { compilePattern, TowpathError } from '@towpath/core';
import { SECRETS_DOCS } from './secret-errors.ts';

/** Patterns of paths as in `owns: { secretPaths }`: `*` is any text, and what ends in `/` is all below it. */
export interface SecretPaths {
  readonly own: readonly string[];
  readonly shared: readonly string[];
  readonly others: readonly { readonly environment: string; readonly patterns: readonly string[] }[];
}

/**
 * The other environment that a path belongs to; undefined when it is none's. Without a declaration `/<environment>/` is
 * each one's own. Of patterns that overlap the one with the longer beginning decides, and on a tie the other owns it.
 * Case does not count: Secret Server and file systems of laptops ignore it.
 */
export function findForeignOwner(path: string, environment: string, paths: SecretPaths): string | undefined {
  const ownLength = measure(path, [...withDefault(environment, paths.own), ...paths.shared]);
  const owners = paths.others.filter((other) => other.environment !== environment);
  return owners.find(({ environment: other, patterns }) => {
    const length = measure(path, withDefault(other, patterns));
    return length >= 0 && length >= ownLength;
  })?.environment;
}

/** The refusal of a path that belongs to `owner`. */
export function secretForeign(reference: string, environment: string, owner: string): TowpathError {
  return new TowpathError({
    code: 'SECRET_FOREIGN',
    message: `[${environment.toUpperCase()}] ${reference} belongs to environment ${owner}; nothing was asked.`,
    cause: `Environment ${environment} may only use its own secrets and shared ones.`,
    fix: `Refer to a secret of ${environment}, or declare its path under shared: { secretPaths }.`,
    docs: SECRETS_DOCS,
  });
}

function withDefault(environment: string, patterns: readonly string[]): readonly string[] {
  return [...patterns, `/${environment}/`];
}

/** How many characters the best matching pattern is certain of; -1 when none matches. */
function measure(path: string, patterns: readonly string[]): number {
  const matching = patterns.filter((pattern) => matches(path, pattern)).map(rooted);
  return Math.max(-1, ...matching.map((pattern) => (pattern.includes('*') ? pattern.indexOf('*') : pattern.length)));
}

/** Also the folder itself, `/prod` of `/prod/`: its fields are the secrets in it. Wide letters are letters, as SQL Server has them. */
function matches(path: string, pattern: string): boolean {
  return compilePattern(rooted(pattern).normalize('NFKC'))(rooted(path).normalize('NFKC'));
}

function rooted(path: string): string {
  return path.startsWith('/') || path.startsWith('*') ? path : `/${path}`;
}
