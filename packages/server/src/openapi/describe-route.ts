// One contract as one operation of OpenAPI 3.1.
import { PROBLEM_MEDIA_TYPE, type RouteContract } from '@towpath/api';
import { ROLES, roleHas } from '@towpath/core';
import { z } from 'zod';
import type { JsonSchema } from './component-schemas.ts';

type Reference = { readonly $ref: string };

/** Where the bodies of a route are described. */
export interface RouteReferences {
  readonly body: Reference | undefined;
  readonly reply: Reference;
  readonly problem: Reference;
}

/** Security schemes by name; a console session needs its CSRF word besides for what changes something. */
export const SECURITY_SCHEMES = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An access token (people and tools) or the token of an agent: `npx towpath server issue-access-token`.',
  },
  consoleSession: {
    type: 'apiKey',
    in: 'cookie',
    name: 'towpath-8080',
    description: 'What a browser gets from `POST /api/session`; the name ends with the port of the server.',
  },
  csrf: {
    type: 'apiKey',
    in: 'header',
    name: 'towpath-csrf',
    description: 'With a console session, on every request that changes something: `csrf` of `GET /api/session`.',
  },
} as const;

/** The operation of a route. */
export function describeRoute(name: string, contract: RouteContract, references: RouteReferences): JsonSchema {
  const parameters = [...describeParameters('path', contract.params), ...describeParameters('query', contract.query)];
  const requestBody = describeBody(contract, references.body);
  return {
    operationId: name.charAt(0).toLowerCase() + name.slice(1),
    tags: [/^\/api\/([a-z-]+)/.exec(contract.path)?.[1] ?? 'server'],
    summary: contract.summary.split(/(?<=[.:;])\s/)[0]?.replace(/[.:;]$/, ''),
    description: `${contract.summary}\n\n${describePermission(contract)}`,
    security: listSecurity(contract),
    'x-towpath-permission': contract.permission,
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
    responses: {
      '200': { description: 'Done.', content: describeReply(contract, references.reply) },
      default: {
        description: 'A problem (RFC 9457); `code` is a stable word.',
        content: { [PROBLEM_MEDIA_TYPE]: { schema: references.problem } },
      },
    },
  };
}

function describePermission({ permission }: RouteContract): string {
  if (permission === 'public') return 'Needs no credential.';
  if (permission === 'signed-in') return 'Needs the credential of a person or an agent.';
  const roles = Object.keys(ROLES).filter((role) => isRole(role) && roleHas(role, permission));
  return `Needs the permission \`${permission}\`, which these roles have: ${roles.join(', ')}.`;
}

function isRole(word: string): word is keyof typeof ROLES {
  return word in ROLES;
}

function listSecurity({ permission, method }: RouteContract): readonly JsonSchema[] {
  if (permission === 'public') return [];
  return [{ token: [] }, { consoleSession: [], ...(method !== 'GET' && { csrf: [] }) }];
}

function describeParameters(place: 'path' | 'query', schema: z.ZodType | undefined): readonly JsonSchema[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function describeBody(
  { bodyMediaType, body }: RouteContract,
  reference: Reference | undefined,
): JsonSchema | undefined {
  if (bodyMediaType !== undefined) return { required: true, content: { [bodyMediaType]: {} } };
  if (!body || !reference) return undefined;
  return { required: true, content: { 'application/json': { schema: reference } } };
}

// Of what is no JSON document, the schema of the contract describes one event or line.
function describeReply({ replyMediaType }: RouteContract, reference: Reference): JsonSchema {
  if (replyMediaType === undefined) return { 'application/json': { schema: reference } };
  const isStream = replyMediaType === 'text/event-stream';
  return { [replyMediaType]: { schema: { type: 'string' }, ...(isStream && { 'x-towpath-event': reference }) } };
}
