// Pipelines, sessions of people, events, health.
import { z } from 'zod';
import { GrantView, PersonRoleSchema } from './access-routes.ts';
import { defineRoute } from './contract.ts';
import { ParameterSchemaSchema } from './graph-schema.ts';
import { RunSummary, TaskFacts } from './run-routes.ts';
import { InstantSchema } from './states.ts';

export const PipelineView = z.object({
  name: z.string(),
  environment: z.string(),
  description: z.string(),
  codeLocation: z.string(),
  sourceFile: z.string(),
  sourceHash: z.string(),
  graphHash: z.string(),
  registeredAt: InstantSchema,
  tasks: z.array(
    z.object({
      id: z.string(),
      ...TaskFacts,
    }),
  ),
  parameters: z.record(z.string(), ParameterSchemaSchema),
  lastRuns: z.array(RunSummary),
});
export type PipelineView = z.infer<typeof PipelineView>;

export const CodeLocationView = z.object({
  name: z.string(),
  environment: z.string(),
  sourceHash: z.string(),
  loadedAt: InstantSchema.nullable(),
  error: z
    .object({ code: z.string(), message: z.string(), cause: z.string().nullable(), at: InstantSchema })
    .nullable(),
});
export type CodeLocationView = z.infer<typeof CodeLocationView>;

export const ListPipelines = defineRoute({
  method: 'GET',
  path: '/api/pipelines',
  permission: 'pipelines:read',
  summary: 'Registered pipelines with their tasks and last ten runs, and the code locations they come from.',
  query: z.object({ environment: z.string().optional() }),
  reply: z.object({ pipelines: z.array(PipelineView), codeLocations: z.array(CodeLocationView) }),
});

export const SessionView = z.object({
  name: z.string(),
  /** The farthest-reaching one; null: none, so that nothing is allowed. */
  role: z.union([PersonRoleSchema, z.enum(['agent', 'attempt'])]).nullable(),
  /** Sent back in the header `towpath-csrf` with every request that changes something; null for bearer tokens. */
  csrf: z.string().nullable(),
  version: z.string(),
  /** Of an agent's credential; persons have none, and older servers don't say. */
  environment: z.string().optional(),
  /** Of persons: which role holds where, and by what. Older servers don't say. */
  grants: z.array(GrantView).optional(),
  /** Groups that the identity provider named; absent: the credential says itself what it allows. */
  groups: z.array(z.string()).optional(),
  expiresAt: InstantSchema.optional(),
});
export type SessionView = z.infer<typeof SessionView>;

export const CSRF_HEADER = 'towpath-csrf';

export const OpenConsole = defineRoute({
  method: 'POST',
  path: '/api/session',
  permission: 'public',
  summary: 'Exchange a one-time link for a console session (httpOnly cookie). A link works once and for ten minutes.',
  body: z.strictObject({ link: z.string().max(200) }),
  reply: SessionView,
});

export const GetSession = defineRoute({
  method: 'GET',
  path: '/api/session',
  permission: 'signed-in',
  summary: 'Who is asking, and what they may do.',
  reply: SessionView,
});

export const CreateConsoleLink = defineRoute({
  method: 'POST',
  path: '/api/console-links',
  permission: 'signed-in',
  summary: 'A new one-time link for the caller, opened at `/open#<link>`.',
  reply: z.object({ link: z.string(), expiresAt: InstantSchema }),
});

export const EventView = z.object({
  /** Grows; the SSE id. A reader that comes back sends it as Last-Event-ID and misses nothing. */
  id: z.string(),
  kind: z.enum([
    'run.planned',
    'run.changed',
    'attempt.changed',
    'log.appended',
    'code.registered',
    'agent.changed',
    'schedule.changed',
    'environment.changed',
    'notification.changed',
  ]),
  at: InstantSchema,
  environment: z.string(),
  runId: z.uuid().nullable(),
  attemptId: z.uuid().nullable(),
});
export type EventView = z.infer<typeof EventView>;

export const StreamEvents = defineRoute({
  method: 'GET',
  path: '/api/events',
  permission: 'runs:read',
  summary: 'Server-sent events: `data:` holds an EventView. Without Last-Event-ID (header or `after`) it begins now.',
  query: z.object({
    after: z
      .string()
      .regex(/^\d{1,19}$/)
      .optional(),
  }),
  reply: EventView,
  replyMediaType: 'text/event-stream',
});

export const GetHealth = defineRoute({
  method: 'GET',
  path: '/health',
  permission: 'public',
  summary: 'Whether the server and its database answer.',
  reply: z.object({ status: z.literal('ok'), version: z.string() }),
});

export const GetMetrics = defineRoute({
  method: 'GET',
  path: '/metrics',
  permission: 'metrics:read',
  summary:
    'Metrics in the text format of Prometheus 0.0.4: what is live in each environment, and what this server answered.',
  reply: z.string(),
  replyMediaType: 'text/plain',
});

export const GetOpenApi = defineRoute({
  method: 'GET',
  path: '/api/openapi.json',
  permission: 'public',
  summary: 'This API as OpenAPI 3.1.',
  reply: z.looseObject({ openapi: z.string(), info: z.looseObject({ title: z.string(), version: z.string() }) }),
});
