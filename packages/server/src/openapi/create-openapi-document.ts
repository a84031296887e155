// The whole contract as OpenAPI 3.1, made from the objects that the server routes by and the client calls by: it can't differ.
import * as api from '@towpath/api';
import type { z } from 'zod';
import { describeSchemas, listNamedSchemas } from './component-schemas.ts';
import { describeRoute, SECURITY_SCHEMES } from './describe-route.ts';

/** A document; its members are those of the OpenAPI specification. */
export type OpenApiDocument = z.output<typeof api.GetOpenApi.reply>;

/** Makes the document; some milliseconds, so keep it. */
export function createOpenApiDocument(version: string): OpenApiDocument {
  const contracts = listContracts();
  const bodies = new Map<z.ZodType, string>();
  const replies = new Map(listNamedSchemas());
  for (const [name, { body, reply }] of contracts) {
    if (body) bodies.set(body, `${name}Body`);
    if (!replies.has(reply)) replies.set(reply, `${name}Reply`);
  }
  const input = describeSchemas('input', bodies);
  const output = describeSchemas('output', replies);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, contract] of contracts) {
    const references = {
      body: contract.body && input.refOf(contract.body),
      reply: output.refOf(contract.reply),
      problem: output.refOf(api.Problem),
    };
    const path = contract.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [contract.method.toLowerCase()]: describeRoute(name, contract, references) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Towpath',
      version,
      description: 'The API of a Towpath server. How to sign in, page and follow events: docs/reference/http-api.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: { ...input.schemas, ...output.schemas }, securitySchemes: SECURITY_SCHEMES },
  };
}

/** Every route of the contract, by the name it is exported under. */
export function listContracts(): readonly (readonly [string, api.RouteContract])[] {
  return Object.entries(api).flatMap(([name, value]) => (isContract(value) ? [[name, value] as const] : []));
}

function isContract(value: unknown): value is api.RouteContract {
  return typeof value === 'object' && value !== null && 'permission' in value && 'path' in value && 'reply' in value;
}
