// A refusal of the schema in words a person can act on: where, what was expected, the nearest known key.
import { type ConfigProblem, createProblem, findNearest } from '@towpath/core';
import type { z } from 'zod';
import { listKnownKeys } from './list-known-keys.ts';
import { ProjectFileSchema } from './project-schema.ts';
import type { YamlPath, YamlTree } from './yaml-tree.ts';

/** All problems of a document that the schema refused; one for each unknown key. */
export function describeSchemaProblems(error: z.ZodError, tree: YamlTree): readonly ConfigProblem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => describeUnknownKey([...path, key], tree));
    return [describeInvalid(path, issue.message, tree)];
  });
}

function describeUnknownKey(path: YamlPath, tree: YamlTree): ConfigProblem {
  const key = String(path.at(-1));
  const known = listKnownKeys(ProjectFileSchema, path.slice(0, -1));
  const nearest = findNearest(key, known);
  return createProblem({
    code: 'PROJECT_KEY_UNKNOWN',
    place: tree.placeOf(path),
    expected: known.length > 0 ? `one of ${known.join(', ')}` : 'no such key',
    received: key,
    message: `towpath.yaml knows no key ${formatPath(path)}.`,
    fix: nearest === undefined ? 'Take it out.' : `Did you mean ${nearest}?`,
  });
}

function describeInvalid(path: YamlPath, message: string, tree: YamlTree): ConfigProblem {
  const what = path.length === 0 ? 'the whole file' : formatPath(path);
  return createProblem({
    code: 'PROJECT_KEY_INVALID',
    place: tree.placeOf(path),
    expected: message,
    message: `${what} in towpath.yaml is not what it may be: ${message}.`,
    fix: 'See docs/reference/configuration.md; an editor completes it with towpath.schema.json.',
  });
}

/** `environments.prod.owns` */
function formatPath(path: YamlPath): string {
  return path.map(String).join('.');
}
