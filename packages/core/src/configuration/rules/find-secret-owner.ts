// Whose secret a path is. An environment asks for its own paths and for shared ones, never for another environment's;
// that is found out from the name, before anything is asked: when a configuration is judged, and again by the agent.
import { compilePattern } from './match-pattern.ts';

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
export function findSecretOwner(path: string, environment: string, paths: SecretPaths): string | undefined {
  const ownLength = measure(path, [...paths.own, impliedSecretPath(environment), ...paths.shared]);
  const owners = paths.others.filter((other) => other.environment !== environment);
  return owners.find(({ environment: other, patterns }) => {
    const length = measure(path, [...patterns, impliedSecretPath(other)]);
    return length >= 0 && length >= ownLength;
  })?.environment;
}

/** `/prod/`: the paths that are an environment's own without saying so. */
export function impliedSecretPath(environment: string): string {
  return `/${environment}/`;
}

/** How many characters the best matching pattern is certain of; -1 when none matches. */
function measure(path: string, patterns: readonly string[]): number {
  const matching = patterns.map(rooted).filter((pattern) => compilePattern(pattern)(rooted(path)));
  return Math.max(-1, ...matching.map((pattern) => (pattern.includes('*') ? pattern.indexOf('*') : pattern.length)));
}

/** Wide letters are letters, as SQL Server has them. */
function rooted(path: string): string {
  const plain = path.normalize('NFKC');
  return plain.startsWith('/') || plain.startsWith('*') ? plain : `/${plain}`;
}
