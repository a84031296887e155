// Schemas of the contract as the components of an OpenAPI document. What the contract exports has its name there.
import * as api from '@towpath/api';
import { z } from 'zod';

/** JSON Schema of the draft that OpenAPI 3.1 uses. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Components, and where the schemas that were asked for lie among them. */
export interface Components {
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  refOf(schema: z.ZodType): { readonly $ref: string };
}

const PREFIX = '#/components/schemas/';
/** Where zod puts what refers to itself (any JSON value). */
const SHARED = `${PREFIX}__shared#/$defs/`;

/** What the server sends (`output`) or takes (`input`): absent members with a default are absent in the latter only. */
export function describeSchemas(direction: 'input' | 'output', named: ReadonlyMap<z.ZodType, string>): Components {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of named) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: direction,
    uri: (id) => PREFIX + id,
    override: ({ zodSchema, jsonSchema }) => {
      // A newer server may send more than an older client knows; only what is strict refuses more.
      const isStrict =
        zodSchema._zod.def.type === 'object' && 'catchall' in zodSchema._zod.def && zodSchema._zod.def.catchall;
      if (jsonSchema.additionalProperties === false && !isStrict) delete jsonSchema.additionalProperties;
    },
  });
  const { __shared: shared, ...rest } = schemas;
  return {
    schemas: placeShared(rest, shared?.$defs ?? {}, direction),
    refOf: (schema) => {
      const id = named.get(schema);
      if (id === undefined) throw new Error('a schema without a name was asked for');
      return { $ref: PREFIX + id };
    },
  };
}

/** The schemas that the contract exports under a name. */
export function listNamedSchemas(): ReadonlyMap<z.ZodType, string> {
  const named = new Map<z.ZodType, string>();
  for (const [name, value] of Object.entries(api)) if (value instanceof z.ZodType) named.set(value, name);
  return named;
}

// Equal ones get one name; zod writes any JSON value down once per use.
function placeShared(
  schemas: Readonly<Record<string, JsonSchema>>,
  shared: Readonly<Record<string, unknown>>,
  direction: 'input' | 'output',
): Record<string, JsonSchema> {
  const suffix = direction === 'input' ? 'Input' : '';
  const names = new Map<string, string>();
  const nameOf = (key: string): string => {
    const text = JSON.stringify(shared[key]).replaceAll(SHARED + key, '');
    const name = names.get(text) ?? `JsonValue${suffix}${names.size === 0 ? '' : names.size + 1}`;
    names.set(text, name);
    return name;
  };
  const definitions = Object.entries(shared).map(([key, schema]) => [nameOf(key), schema] as const);
  const text = JSON.stringify({ ...Object.fromEntries(definitions), ...schemas }, (key, value) =>
    key === '$schema' || key === '$id' ? undefined : value,
  );
  const resolved = text.replace(/"#\/components\/schemas\/__shared#\/\$defs\/([^"]+)"/g, (_, key: string) =>
    JSON.stringify(PREFIX + nameOf(key)),
  );
  return JSON.parse(resolved);
}
