// Which keys a schema knows at a place, so that a mistyped one can be answered with the nearest.
import { z } from 'zod';
import type { YamlPath } from './yaml-tree.ts';

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

/** All keys of the object there, in any of its forms; none where any key may stand. */
export function listKnownKeys(schema: z.ZodType, path: YamlPath): readonly string[] {
  const root = SchemaNode.parse(z.toJSONSchema(schema, { io: 'input' }));
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
