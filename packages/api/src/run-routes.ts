// What people and their tools ask about runs.

import { TRIGGER_RULES } from '@towpath/core';
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { Execution } from './execution.ts';
import { ParameterValuesSchema } from './graph-schema.ts';
import {
  AttemptOutcomeSchema,
  AttemptStateSchema,
  InstantSchema,
  keysOf,
  RunStateSchema,
  TaskStateSchema,
} from './states.ts';

const RunParams = z.object({ runId: z.uuid() });

/** Largest `integer` of PostgreSQL. */
const MAX_RUN_NUMBER = 2_147_483_647;

/** A whole number in an address. People write these by hand, so what is wrong with one is said in their words. */
export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** What can start a run: a person or program, the repetition of another run, a schedule. */
export const RUN_TRIGGERS = ['manual', 'rerun', 'schedule'] as const;

export type RunTrigger = (typeof RUN_TRIGGERS)[number];

/** What a person says about a decision. Half of a surrogate pair would be stored as another character. */
const WordsSchema = z
  .string()
  .max(500)
  .refine((text) => text.isWellFormed(), { error: 'holds half of a surrogate pair' });

export const RunSummary = z.object({
  id: z.uuid(),
  number: z.number().int(),
  /** `pipeline-environment #41` */
  name: z.string(),
  pipeline: z.string(),
  environment: z.string(),
  state: RunStateSchema,
  isCancelRequested: z.boolean(),
  /** `manual`, `rerun` or `schedule`. */
  trigger: z.string(),
  /** Instant the run stands for: the slot of its schedule; null = when it was planned. */
  logicalAt: InstantSchema.nullable(),
  note: z.string().nullable(),
  /** The run that this one repeats. */
  rerunOf: z.object({ id: z.uuid(), number: z.number().int() }).nullable(),
  createdBy: z.string(),
  createdAt: InstantSchema,
  startedAt: InstantSchema.nullable(),
  finishedAt: InstantSchema.nullable(),
  /** How many tasks are in each state. */
  taskCounts: z.partialRecord(TaskStateSchema, z.number().int()),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const AttemptView = z.object({
  id: z.uuid(),
  taskId: z.string(),
  number: z.number().int(),
  epoch: z.number().int(),
  state: AttemptStateSchema,
  agent: z.string(),
  host: z.string(),
  grantedAt: InstantSchema,
  startedAt: InstantSchema.nullable(),
  finishedAt: InstantSchema.nullable(),
  exitCode: z.number().int().nullable(),
  reasonCode: z.string().nullable(),
  reason: z.string().nullable(),
  result: z.json().nullable(),
  logLengthBytes: z.number().int(),
  /** What ran it; null before its end, or when its agent did not say. */
  execution: Execution.nullable(),
  /** Who gave it up; null also when it was given up by policy (`AGENT_LOST`). */
  givenUpBy: z.string().nullable(),
  /** What its agent reported after it had been given up: shown, not accepted. */
  lateResult: z
    .object({ outcome: AttemptOutcomeSchema, exitCode: z.number().int().nullable(), reportedAt: InstantSchema })
    .nullable(),
});
export type AttemptView = z.infer<typeof AttemptView>;

/** What a graph says of a task, for people. */
export const TaskFacts = {
  /** Empty for a function. */
  argv: z.array(z.string()),
  /** Null for a function. */
  datakit: z.object({ name: z.string(), version: z.string() }).nullable(),
  /** Null for a datakit. */
  function: z.object({ module: z.string(), export: z.string() }).nullable(),
  dependsOn: z.array(z.string()),
  triggerRule: z.enum(keysOf(TRIGGER_RULES)),
  pool: z.string().nullable(),
  priority: z.number().int(),
};

export const TaskView = z.object({
  id: z.string(),
  state: TaskStateSchema,
  ...TaskFacts,
  /** Set while a retry waits for its time. */
  readyAt: InstantSchema.nullable(),
  /** In a re-run: the attempt of an earlier run whose success counts here; there is none in this run. */
  reusedFromAttemptId: z.uuid().nullable(),
  attempts: z.array(AttemptView),
});
export type TaskView = z.infer<typeof TaskView>;

export const RunDetail = RunSummary.extend({
  graphHash: z.string(),
  sourceFile: z.string(),
  parameters: ParameterValuesSchema,
  tasks: z.array(TaskView),
});
export type RunDetail = z.infer<typeof RunDetail>;

export const StartRun = defineRoute({
  method: 'POST',
  path: '/api/runs',
  permission: 'runs:start',
  summary: 'Plan a run of the newest registered graph of a pipeline.',
  body: z.strictObject({
    pipeline: z.string().max(63),
    environment: z.string().max(63),
    /** 400 PARAMETERS_INVALID lists everything that does not fit the pipeline's schemas. */
    parameters: ParameterValuesSchema.optional(),
    note: WordsSchema.optional(),
  }),
  reply: RunSummary,
});

export const ListRuns = defineRoute({
  method: 'GET',
  path: '/api/runs',
  permission: 'runs:read',
  summary: 'Runs, newest first, in keyset pages.',
  query: z.object({
    environment: z.string().optional(),
    pipeline: z.string().optional(),
    state: RunStateSchema.optional(),
    trigger: z.enum(RUN_TRIGGERS).optional(),
    /** Opaque; from `next` of the page before. */
    after: z.string().max(200).optional(),
    limit: wholeNumber(1, 200).default(50),
  }),
  reply: z.object({ runs: z.array(RunSummary), next: z.string().nullable() }),
});

export const GetRun = defineRoute({
  method: 'GET',
  path: '/api/runs/:runId',
  permission: 'runs:read',
  summary: 'One run with its tasks and their attempts.',
  params: RunParams,
  reply: RunDetail,
});

export const FindRunByNumber = defineRoute({
  method: 'GET',
  path: '/api/environments/:environment/runs/:number',
  permission: 'runs:read',
  summary: 'One run by the number people see.',
  params: z.object({ environment: z.string(), number: wholeNumber(1, MAX_RUN_NUMBER) }),
  reply: RunDetail,
});

export const CancelRun = defineRoute({
  method: 'POST',
  path: '/api/runs/:runId/cancel',
  permission: 'runs:cancel',
  summary: 'Ask for the end of a run: what has not started is cancelled at once, what runs is ended by its agent.',
  params: RunParams,
  body: z.strictObject({ reason: WordsSchema.optional() }),
  reply: RunSummary,
});

export const RerunRun = defineRoute({
  method: 'POST',
  path: '/api/runs/:runId/rerun',
  permission: 'runs:start',
  summary:
    'Repeat an ended run with its own graph, code and parameters, not the newest: whole, only what did not succeed, or named tasks besides; always with all that lies behind. 409 RUN_NOT_ENDED while it runs, 409 RUN_SUCCEEDED when nothing of it is to be repeated.',
  params: RunParams,
  body: z.strictObject({
    from: z.enum(['start', 'failed', 'tasks']),
    /** With `from: 'tasks'`. */
    tasks: z.array(z.string().max(63)).max(10_000).optional(),
    note: WordsSchema.optional(),
  }),
  reply: RunSummary,
});

export const GiveUpAttempt = defineRoute({
  method: 'POST',
  path: '/api/attempts/:attemptId/give-up',
  permission: 'attempts:resolve',
  summary:
    "End an uncertain attempt by a person's word (GIVEN_UP); its task is retried only where it is idempotent. 409 ATTEMPT_NOT_UNCERTAIN in any other state.",
  params: z.object({ attemptId: z.uuid() }),
  body: z.strictObject({}),
  reply: z.object({ runId: z.uuid(), taskId: z.string(), taskState: TaskStateSchema }),
});

export const ReadLog = defineRoute({
  method: 'GET',
  path: '/api/attempts/:attemptId/log',
  permission: 'logs:read',
  summary:
    'Bytes of the log from `offset` (text/plain, at most `limit`). Headers: `towpath-log-length` = bytes there are now, `towpath-log-complete` = `true` when no more will come. `waitMs` waits for bytes past `offset` (long poll).',
  params: z.object({ attemptId: z.uuid() }),
  query: z.object({
    offset: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0),
    limit: wholeNumber(1, 4_194_304).default(1_048_576),
    waitMs: wholeNumber(0, 30_000).default(0),
  }),
  reply: z.string(),
  replyMediaType: 'text/plain',
});

/** Header of a log reply: bytes there are now. */
export const LOG_LENGTH_HEADER = 'towpath-log-length';
/** Header of a log reply: `true` when no more bytes will come. */
export const LOG_COMPLETE_HEADER = 'towpath-log-complete';
