// Who may do what where: the bindings of roles, tokens, and the answer to "may I".
import { ACCESS_SCHEMA_VERSION, PERMISSIONS, ROLES } from '@towpath/core';
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { InstantSchema } from './states.ts';

const EnvironmentName = z.string().min(1).max(63);
const HolderName = z.string().min(1).max(200);

export const PersonRoleSchema = z
  .enum(Object.keys(ROLES) as [keyof typeof ROLES, ...(keyof typeof ROLES)[]])
  .exclude(['agent', 'attempt']);

const BindingRest = { role: PersonRoleSchema, environments: z.array(EnvironmentName).min(1).max(100).optional() };

/** Bindings of roles; whom none names may do nothing. */
export const AccessPolicySchema = z.strictObject({
  schemaVersion: z.literal(ACCESS_SCHEMA_VERSION),
  bindings: z
    .array(
      z.union([
        z.strictObject({ group: HolderName, ...BindingRest }),
        z.strictObject({ person: HolderName, ...BindingRest }),
        z.strictObject({ serviceAccount: HolderName, ...BindingRest }),
      ]),
    )
    .max(1000),
});

export const AccessView = z.object({
  /** 0: none was applied yet. */
  version: z.number().int(),
  policy: AccessPolicySchema,
  appliedAt: InstantSchema.nullable(),
  appliedBy: z.string().nullable(),
  note: z.string().nullable(),
});
export type AccessView = z.infer<typeof AccessView>;

export const GetAccess = defineRoute({
  method: 'GET',
  path: '/api/access',
  permission: 'access:read',
  summary: 'The bindings of roles that are in force.',
  reply: AccessView,
});

export const ApplyAccess = defineRoute({
  method: 'PUT',
  path: '/api/access',
  permission: 'access:write',
  summary: 'Replace the bindings of roles. They hold from the next request on, also for who is signed in.',
  body: z.strictObject({ policy: AccessPolicySchema, note: z.string().max(2000).optional() }),
  reply: AccessView,
});

export const GrantView = z.object({
  role: PersonRoleSchema,
  /** Null: in all. */
  environments: z.array(z.string()).nullable(),
  /** `credential`, or the holder of a binding: `group engineers`. */
  from: z.string(),
});
export type GrantView = z.infer<typeof GrantView>;

/** What somebody asks for by name; each is one permission. What is about a promotion asks the promotion policy besides. */
export const ACCESS_VERBS = {
  promote: 'promotions:write',
  rollback: 'promotions:write',
  retry: 'promotions:write',
  abort: 'promotions:write',
  freeze: 'promotions:write',
  unfreeze: 'promotions:write',
  emergency: 'promotions:write',
  'sign-off': 'sign-offs:write',
  refuse: 'sign-offs:write',
  lift: 'sign-offs:write',
  'approve-plan': 'sign-offs:write',
  release: 'releases:write',
  run: 'runs:start',
  rerun: 'runs:start',
  cancel: 'runs:cancel',
  'give-up': 'attempts:resolve',
  schedules: 'schedules:write',
  pools: 'pools:write',
  logs: 'logs:read',
  audit: 'audit:read',
  environment: 'environments:write',
  policy: 'policies:write',
  access: 'access:write',
  tokens: 'access:write',
  administer: 'access:write',
} as const satisfies Record<string, (typeof PERMISSIONS)[number]>;

export const AccessAnswerView = z.object({
  isAllowed: z.boolean(),
  permission: z.string(),
  environment: z.string().nullable(),
  /** The grant that decides; null when it is refused for want of one. */
  grant: GrantView.nullable(),
  /** In words, for people. */
  reason: z.string(),
});
export type AccessAnswerView = z.infer<typeof AccessAnswerView>;

export const CheckAccess = defineRoute({
  method: 'GET',
  path: '/api/access/check',
  permission: 'signed-in',
  summary: 'Whether the caller may do something, and what decides it. Without an environment: in all of them.',
  query: z.object({
    permission: z.enum(PERMISSIONS),
    environment: EnvironmentName.optional(),
    /** What the permission is wanted for, where the policy of promotions says more about it. */
    verb: z.enum(['emergency', 'approve-plan']).optional(),
  }),
  reply: AccessAnswerView,
});

export const TokenView = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Null: what the bindings give. */
  role: PersonRoleSchema.nullable(),
  environments: z.array(z.string()).nullable(),
  createdAt: InstantSchema,
  expiresAt: InstantSchema,
  revokedAt: InstantSchema.nullable(),
  issuedBy: z.string().nullable(),
  note: z.string().nullable(),
});
export type TokenView = z.infer<typeof TokenView>;

export const ListTokens = defineRoute({
  method: 'GET',
  path: '/api/tokens',
  permission: 'access:write',
  summary: 'Access tokens, newest first, at most a thousand; never what they consist of.',
  query: z.object({ name: HolderName.optional() }),
  reply: z.object({ tokens: z.array(TokenView) }),
});

export const IssueToken = defineRoute({
  method: 'POST',
  path: '/api/tokens',
  permission: 'access:write',
  summary: 'A token for a service account. It is told once.',
  body: z.strictObject({
    serviceAccount: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/),
    /** Absent: what the bindings give. */
    role: PersonRoleSchema.optional(),
    /** Only with a role; absent: in all. */
    environments: z.array(EnvironmentName).min(1).max(100).optional(),
    expiresInDays: z.number().int().min(1).max(366),
    note: z.string().max(2000).optional(),
  }),
  reply: z.object({ id: z.uuid(), name: z.string(), token: z.string(), expiresAt: InstantSchema }),
});

export const RevokeToken = defineRoute({
  method: 'POST',
  path: '/api/tokens/:tokenId/revoke',
  permission: 'access:write',
  summary: 'End a token at once, with the consoles that were opened from it.',
  params: z.object({ tokenId: z.uuid() }),
  body: z.strictObject({ reason: z.string().max(2000).optional() }),
  reply: TokenView,
});

export const RevokePerson = defineRoute({
  method: 'POST',
  path: '/api/people/:name/revoke',
  permission: 'access:write',
  summary: 'End all tokens, open consoles and links of a person or service account at once.',
  params: z.object({ name: HolderName }),
  body: z.strictObject({
    reason: z.string().max(2000).optional(),
    /** Another account of the identity provider may come by the name from then on. */
    freesName: z.boolean().optional(),
  }),
  reply: z.object({ tokens: z.number().int(), sessions: z.number().int(), links: z.number().int() }),
});
