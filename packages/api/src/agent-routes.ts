// What an agent says to the server. Every write about an attempt carries its epoch; lists from the first version.
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { Execution } from './execution.ts';
import { GraphSchema, ParameterValuesSchema } from './graph-schema.ts';
import { AttemptOutcomeSchema, EnvironmentKindSchema } from './states.ts';

/** Largest body of one log append; an agent ships more in several requests. */
export const MAX_LOG_CHUNK_BYTES = 1024 * 1024;
/** Largest result document, as JSON text (design §5). */
export const MAX_RESULT_BYTES = 4096;

/** Attempts that one request may name or ask for. */
export const MAX_ATTEMPTS_A_REQUEST = 1000;

const AttemptKey = z.strictObject({ attemptId: z.uuid(), epoch: z.number().int().positive().max(2_147_483_647) });
const SessionParams = z.object({ sessionId: z.uuid() });

/** What this version of an agent understands; a session says it, tasks that need more are granted to others. */
export const AGENT_PROTOCOL = 2;

/**
 * Everything an executor needs; the same for every executor (design §5, attempt contract). Not strict: a newer server may say
 * more. Agents of protocol 1 refuse what they don't know, so they are sent nothing else.
 */
export const AttemptGrant = z.object({
  ...AttemptKey.shape,
  runId: z.uuid(),
  runName: z.string(),
  pipeline: z.string(),
  taskId: z.string(),
  attemptNumber: z.number().int().positive(),
  /** Null for a function. `digest` (`sha256:…`) is of the image that the run's release names; null, or absent from an older server: none. */
  datakit: z.object({ name: z.string(), version: z.string(), digest: z.string().nullable().default(null) }).nullable(),
  /** A TypeScript task: where the bundle of this hash has it. Null, or absent from an older server, for a datakit. */
  function: z
    .object({ bundle: z.string(), module: z.string(), export: z.string(), configuration: z.array(z.string()) })
    .nullable()
    .default(null),
  argv: z.array(z.string()),
  /** Result documents of the upstreams that the task declared as inputs, by task id; null when it declared none. */
  inputs: z.record(z.string(), z.json()).nullable().default(null),
  parameters: ParameterValuesSchema.default({}),
  /** Instant the run stands for. */
  logicalAt: z.string().nullable().default(null),
  /** The day of that instant in the time zone of the schedule; UTC without one. */
  logicalDate: z.string().nullable().default(null),
  environmentVariables: z.record(z.string(), z.string()),
  timeoutSeconds: z.number().positive(),
  /** SHA-256 (hex) of what is executed; an adopted process must have been started from the same. */
  specHash: z.string(),
});
export type AttemptGrant = z.infer<typeof AttemptGrant>;
/** A grant as it is sent: what has a default may be left out. */
export type SentGrant = z.input<typeof AttemptGrant>;

/** Characters of base64 that a finish may carry of a log. */
const MAX_FINAL_LOG_CHARACTERS = 65_536;
/** A year. */
const MAX_EXECUTED_MS = 366 * 24 * 3600 * 1000;

/** An attempt that an agent holds when it opens a session: found on its host, or in its hands. */
export const LeftoverAttempt = AttemptKey.extend({
  specHash: z.string(),
  /** False: it waits for its turn, and nothing of it was started. Absent: it was. */
  hasBegun: z.literal(false).optional(),
});
export type LeftoverAttempt = z.infer<typeof LeftoverAttempt>;

export const FinishedAttempt = AttemptKey.extend({
  outcome: AttemptOutcomeSchema,
  exitCode: z.number().int().nullable(),
  /** Stable word for why it did not succeed: `EXIT_CODE`, `TIMED_OUT`, `SHIM_LOST`, `START_FAILED`, `RESULT_INVALID`, `CANCELLED`, `HOST_RESTARTED`. */
  reasonCode: z.string().max(64).nullable(),
  reason: z.string().max(2000).nullable(),
  result: z.json().nullable(),
  /** Length of the whole log; what was not shipped before comes with the report, in `log`. */
  logLengthBytes: z.number().int().nonnegative(),
  /** The last bytes of a log, base64, when they are few: they save a request. */
  log: z
    .strictObject({ offset: z.number().int().nonnegative(), bytes: z.base64().max(MAX_FINAL_LOG_CHARACTERS) })
    .optional(),
  /** From its start to its end by the host's monotonic clock. Needed when the start was not reported before. */
  executedMs: z.number().int().nonnegative().max(MAX_EXECUTED_MS).optional(),
  /** Older agents don't say. */
  execution: Execution.optional(),
});
export type FinishedAttempt = z.infer<typeof FinishedAttempt>;

export const OpenSession = defineRoute({
  method: 'POST',
  path: '/api/agent/sessions',
  permission: 'attempts:execute',
  summary:
    'Open the one live session of this agent; ends an earlier one of the same instance, or one that is silent. While another instance is live: 409 AGENT_ALREADY_CONNECTED. Attempts still running on the host are listed and adopted with a new epoch.',
  body: z.strictObject({
    host: z.string().max(255),
    bootId: z.string().max(64),
    version: z.string().max(64),
    /** Belongs to a state folder for good. Older agents send none: they end whatever session there is. */
    instanceId: z.uuid().optional(),
    /** The session of this state folder before it, as far as the agent heard: of that one alone it can say what never began. */
    follows: z.uuid().optional(),
    /** See AGENT_PROTOCOL; absent = 1. */
    protocol: z.number().int().min(1).max(1000).optional(),
    /** How many attempts it runs at a time, for people; what it asks for with a claim is what it gets. */
    maxAttempts: z.number().int().min(1).max(1_000_000).optional(),
    leftovers: z.array(LeftoverAttempt).max(10_000),
  }),
  reply: z.object({
    sessionId: z.uuid(),
    leaseSeconds: z.number().positive(),
    environment: z.object({ name: z.string(), kind: EnvironmentKindSchema }),
    /** Same attempts, new epochs, plus all a grant says. */
    adopted: z.array(AttemptGrant),
    /** Leftovers that are not this agent's any more: end their processes, keep nothing. */
    refused: z.array(z.uuid()),
  }),
});

export const RenewSession = defineRoute({
  method: 'POST',
  path: '/api/agent/sessions/:sessionId/renew',
  permission: 'attempts:execute',
  summary: 'Renew the lease of a session; answers which of its attempts should be cancelled.',
  params: SessionParams,
  reply: z.object({ leaseSeconds: z.number().positive(), cancel: z.array(z.uuid()) }),
});

export const CloseSession = defineRoute({
  method: 'DELETE',
  path: '/api/agent/sessions/:sessionId',
  permission: 'attempts:execute',
  summary: 'End a session that has no attempts left.',
  params: SessionParams,
  reply: z.object({ ended: z.boolean() }),
});

const AskedSlots = {
  slots: z.number().int().min(0).max(MAX_ATTEMPTS_A_REQUEST),
  /** So many of `slots` can't begin at once; not granted while another agent waits for tasks. */
  ahead: z.number().int().min(0).max(MAX_ATTEMPTS_A_REQUEST).optional(),
};

export const ClaimAttempts = defineRoute({
  method: 'POST',
  path: '/api/agent/sessions/:sessionId/claim',
  permission: 'attempts:execute',
  summary:
    'Claim ready attempts; waits up to `waitMs` when none is ready (long poll). A cancel intent also ends the wait.',
  params: SessionParams,
  body: z.strictObject({
    ...AskedSlots,
    waitMs: z.number().int().min(0).max(60_000),
  }),
  reply: z.object({ attempts: z.array(AttemptGrant), cancel: z.array(z.uuid()) }),
});

export const ReportStarted = defineRoute({
  method: 'POST',
  path: '/api/agent/sessions/:sessionId/started',
  permission: 'attempts:execute',
  summary: 'Report attempts whose process was started.',
  params: SessionParams,
  body: z.strictObject({ attempts: z.array(AttemptKey).max(MAX_ATTEMPTS_A_REQUEST) }),
  /** Attempts that are no longer this session's under that epoch: stop their work. */
  reply: z.object({ stale: z.array(z.uuid()) }),
});

export const ReturnAttempts = defineRoute({
  method: 'POST',
  path: '/api/agent/sessions/:sessionId/return',
  permission: 'attempts:execute',
  summary:
    'Give back attempts that never began: they are removed, and their tasks are ready for whoever claims next. Repeating it is harmless.',
  params: SessionParams,
  body: z.strictObject({ attempts: z.array(AttemptKey).max(MAX_ATTEMPTS_A_REQUEST) }),
  /** Still this session's under that epoch, and begun as far as the server knows: they have to be run and reported. */
  reply: z.object({ kept: z.array(z.uuid()) }),
});

export const FinishAttempts = defineRoute({
  method: 'POST',
  path: '/api/agent/sessions/:sessionId/finish',
  permission: 'attempts:execute',
  summary: 'Report how attempts ended; answered with the next claims. Repeating it is harmless.',
  params: SessionParams,
  body: z.strictObject({
    attempts: z.array(FinishedAttempt).max(MAX_ATTEMPTS_A_REQUEST),
    ...AskedSlots,
  }),
  reply: z.object({
    /** Not accepted: another epoch or session holds the attempt, or it ended otherwise already. */
    stale: z.array(z.uuid()),
    attempts: z.array(AttemptGrant),
  }),
});

export const AppendLog = defineRoute({
  method: 'PUT',
  path: '/api/agent/attempts/:attemptId/log',
  permission: 'attempts:execute',
  summary:
    'Append bytes (application/octet-stream) at `offset`. Bytes the server has already are skipped; an offset beyond the end is answered 409 LOG_OFFSET_WRONG with the true length in `length`.',
  params: z.object({ attemptId: z.uuid() }),
  query: z.object({
    offset: z.coerce.number().int().nonnegative(),
    epoch: z.coerce.number().int().positive().max(2_147_483_647),
  }),
  bodyMediaType: 'application/octet-stream',
  reply: z.object({ length: z.number().int().nonnegative() }),
});

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Largest bundle: the code of one project's TypeScript tasks, packages included, with source maps. */
export const MAX_BUNDLE_BYTES = 32 * 1024 * 1024;

export const UploadBundle = defineRoute({
  method: 'PUT',
  path: '/api/agent/bundles/:hash',
  permission: 'code:register',
  summary:
    'Upload the code of TypeScript tasks (application/octet-stream) under the SHA-256 (hex) of its bytes. Repeating it is harmless.',
  params: z.object({ hash: Sha256 }),
  bodyMediaType: 'application/octet-stream',
  reply: z.object({ sizeBytes: z.number().int().nonnegative() }),
});

export const DownloadBundle = defineRoute({
  method: 'GET',
  path: '/api/agent/bundles/:hash',
  permission: 'attempts:execute',
  summary: 'The bytes of a bundle (application/octet-stream).',
  params: z.object({ hash: Sha256 }),
  replyMediaType: 'application/octet-stream',
  reply: z.unknown(),
});

export const IssueBundleToken = defineRoute({
  method: 'POST',
  path: '/api/agent/attempts/:attemptId/bundle-token',
  permission: 'attempts:execute',
  summary:
    'A token by which an attempt of this agent fetches the bundle of its run, until it ends. Asking again makes the one before worthless.',
  params: z.object({ attemptId: z.uuid() }),
  body: z.strictObject({ epoch: AttemptKey.shape.epoch }),
  reply: z.object({ token: z.string() }),
});

export const FetchBundle = defineRoute({
  method: 'GET',
  path: '/api/attempt/bundles/:hash',
  permission: 'bundles:fetch',
  summary:
    "The bytes of the bundle of the asking attempt's run (application/octet-stream). Any other hash is answered 404 BUNDLE_UNKNOWN.",
  params: z.object({ hash: Sha256 }),
  replyMediaType: 'application/octet-stream',
  reply: z.unknown(),
});

export const RegisterCode = defineRoute({
  method: 'POST',
  path: '/api/agent/code-locations',
  permission: 'code:register',
  summary:
    'Register what a code location evaluated to: every pipeline of it, or the error. With an error the last good pipelines stay.',
  body: z.strictObject({
    name: z.string().min(1).max(63),
    /** SHA-256 (hex) of the source files that were evaluated. */
    sourceHash: z.string().max(64),
    pipelines: z.array(z.strictObject({ sourceFile: z.string().max(1024), graph: GraphSchema })).max(10_000),
    /** Bundle that function tasks run from; until it is uploaded: 404 BUNDLE_UNKNOWN. Absent without function tasks. */
    bundleHash: Sha256.optional(),
    /** Pools the project declares, with their slots. */
    pools: z.record(z.string().max(63), z.number().int().min(0).max(100_000)).optional(),
    error: z
      .strictObject({ code: z.string().max(64), message: z.string().max(8192), cause: z.string().max(8192).nullable() })
      .nullable(),
  }),
  reply: z.object({ registered: z.number().int(), removed: z.number().int() }),
});
