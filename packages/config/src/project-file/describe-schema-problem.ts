// A refusal of the schema in words a person can act on: where, what was expected, the nearest known key.
import { type ConfigProblem, createProblem, findNearest } from '@towpath/core';
import { z } from 'zod';
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
  const known = listKnownKeys(path.slice(0, -1));
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

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>> | undefined;
  readonly additionalProperties?: SchemaNode | boolean | undefined;
  readonly items?: SchemaNode | undefined;
  readonly anyOf?: readonly SchemaNode[] | undefined;
  readonly oneOf?: readonly SchemaNode[] | undefined;
}

const SchemaNode: z.ZodType<SchemaNode> = z.lazy(() =>
  z.object({
    properties: z.record(z.string(), SchemaNode).optional(),
    additionalProperties: z.union([z.boolean(), SchemaNode]).optional(),
    items: SchemaNode.optional(),
    anyOf: z.array(SchemaNode).optional(),
    oneOf: z.array(SchemaNode).optional(),
  }),
);

function listKnownKeys(path: YamlPath): readonly string[] {
  const root = SchemaNode.parse(z.toJSONSchema(ProjectFileSchema, { io: 'input' }));
  const nodes = path.reduce<readonly SchemaNode[]>((found, part) => found.flatMap((node) => step(node, part)), [root]);
  return [...new Set(nodes.flatMap(listVariants).flatMap(({ properties = {} }) => Object.keys(properties)))];
}

function step(node: SchemaNode, part: string | number): readonly SchemaNode[] {
  return listVariants(node).flatMap(({ properties = {}, additionalProperties, items }) => {
    const named = properties[String(part)];
    const other = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    const next = typeof part === 'number' ? items : (named ?? other);
    return next === undefined ? [] : [next];
  });
}

function listVariants(node: SchemaNode): readonly SchemaNode[] {
  return [node, ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
}
