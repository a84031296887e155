// Patterns for names of tables: `*` any characters, `?` one; without regard to case, as SQL Server's names are by default.
import type { ListedTable } from './list-tables.ts';

/** The pattern as a regular expression over the whole name. */
export function toNamePattern(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'isu');
}

/** Whether `schema.name` or the name alone is like one of the patterns. */
export function matchesAny(globs: readonly string[], { schema, name }: ListedTable): boolean {
  return globs.map(toNamePattern).some((pattern) => pattern.test(`${schema}.${name}`) || pattern.test(name));
}
