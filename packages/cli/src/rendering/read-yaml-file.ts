// A YAML file that a person wrote, read by its schema: what is wrong is told with its line, one line each.
import { readFileSync } from 'node:fs';
import { listKnownKeys, parseYamlTree, type YamlPath, type YamlTree } from '@towpath/config';
import { findNearest, type Place } from '@towpath/core';
import type { z } from 'zod';

/** What the file says. `refuse` makes the error, of everything that is wrong. */
export function readYamlFile<S extends z.ZodType>(
  path: string,
  schema: S,
  refuse: (cause: string) => Error,
): z.output<S> {
  const tree = parseYamlTree(path, readText(path, refuse));
  if ('problems' in tree) throw refuse(tree.problems.map(({ message, place }) => format(place, message)).join('\n'));
  const parsed = schema.safeParse(tree.value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.flatMap(openUnion);
  throw refuse(issues.flatMap((issue) => describeIssue(issue, schema, tree)).join('\n'));
}

function readText(path: string, refuse: (cause: string) => Error): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw refuse(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** Of several forms the one that was nearly met was probably meant; "Invalid input" alone helps nobody. */
function openUnion(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const [nearest] = issue.errors.toSorted((left, right) => left.length - right.length);
  if (nearest === undefined || nearest.length === 0) return [issue];
  return nearest.flatMap((inner) => openUnion({ ...inner, path: [...issue.path, ...inner.path] }));
}

function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType, tree: YamlTree): readonly string[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code !== 'unrecognized_keys')
    return [format(tree.placeOf(path), `${path.join('.') || 'the file'}: ${issue.message}`)];
  return issue.keys.map((key) =>
    format(tree.placeOf([...path, key]), `${[...path, key].join('.')} is no key${suggest(schema, path, key)}`),
  );
}

function suggest(schema: z.ZodType, path: YamlPath, key: string): string {
  const nearest = findNearest(key, listKnownKeys(schema, path));
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

function format({ line }: Place, message: string): string {
  return `line ${line}: ${message}`;
}
