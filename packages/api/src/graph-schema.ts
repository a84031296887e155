// The wire form of a graph. Semantics (cycles, names, references) are checked by core's checkGraph afterwards.
import { CATCH_UP_POLICIES, type Graph, OVERLAP_POLICIES, TRIGGER_RULES } from '@towpath/core';
import { z } from 'zod';
import { keysOf } from './states.ts';

const DatakitReference = z.strictObject({ name: z.string().min(1).max(63), version: z.string().min(1).max(64) });

/** Longest delay or time limit a graph may ask for. */
const MAX_SECONDS = 30 * 24 * 3600;
const TaskId = z.string().max(63);
const Text = z.string().max(32_768);
const VariableName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

const TaskBase = {
  id: TaskId,
  environmentVariables: z.record(VariableName, Text),
  dependsOn: z.array(TaskId).max(10_000),
  retry: z.strictObject({
    limit: z.number().int().min(0).max(100),
    delaySeconds: z.number().min(0).max(MAX_SECONDS),
    factor: z.number().min(1).max(100).exactOptional(),
    maxDelaySeconds: z.number().min(0).max(MAX_SECONDS).exactOptional(),
  }),
  timeoutSeconds: z.number().positive().max(MAX_SECONDS),
  idempotent: z.boolean(),
  triggerRule: z.enum(keysOf(TRIGGER_RULES)).exactOptional(),
  pool: z.string().max(63).exactOptional(),
  priority: z.number().int().min(-1_000_000).max(1_000_000).exactOptional(),
  inputs: z.array(TaskId).max(1000).exactOptional(),
};

const DatakitTaskSchema = z.strictObject({
  ...TaskBase,
  kind: z.literal('datakit'),
  datakit: DatakitReference,
  argv: z.array(Text).max(1000),
});

const FunctionTaskSchema = z.strictObject({
  ...TaskBase,
  kind: z.literal('function'),
  module: z.string().min(1).max(1024),
  export: z.string().min(1).max(255),
  configuration: z.array(VariableName).max(1000).exactOptional(),
});

export const GraphTaskSchema = z.discriminatedUnion('kind', [DatakitTaskSchema, FunctionTaskSchema]);

const Description = z.string().max(4096).exactOptional();
const Texts = z.array(z.string().max(4096)).max(1000);
const Length = z.number().int().min(0).max(65_536).exactOptional();

export const ParameterSchemaSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('string'),
    description: Description,
    default: Text.exactOptional(),
    enum: Texts.exactOptional(),
    format: z.enum(['date', 'date-time']).exactOptional(),
    minLength: Length,
    maxLength: Length,
  }),
  z.strictObject({
    type: z.enum(['integer', 'number']),
    description: Description,
    default: z.number().exactOptional(),
    minimum: z.number().exactOptional(),
    maximum: z.number().exactOptional(),
  }),
  z.strictObject({ type: z.literal('boolean'), description: Description, default: z.boolean().exactOptional() }),
  z.strictObject({
    type: z.literal('array'),
    description: Description,
    default: Texts.exactOptional(),
    items: z.strictObject({ type: z.literal('string'), enum: Texts.exactOptional() }),
    minItems: Length,
    maxItems: Length,
  }),
]);

/** Values of parameters on the wire; the pipeline's own schemas decide what each may be. */
export const ParameterValuesSchema = z.record(z.string().max(63), z.union([Text, z.number(), z.boolean(), Texts]));

const ScheduleSchema = z.strictObject({
  name: z.string().max(63),
  cron: z.string().max(255),
  timeZone: z.string().max(64),
  overlap: z.enum(keysOf(OVERLAP_POLICIES)),
  catchUp: z.enum(keysOf(CATCH_UP_POLICIES)),
  maxCatchUp: z.number().int().min(1).max(1000),
  startDeadlineSeconds: z.number().positive().max(MAX_SECONDS).nullable(),
  parameters: ParameterValuesSchema,
});

export const GraphSchema: z.ZodType<Graph> = z.strictObject({
  schemaVersion: z.literal(1),
  pipeline: z.string().max(63),
  description: z.string().max(4096),
  tasks: z.array(GraphTaskSchema),
  parameters: z.record(z.string().max(63), ParameterSchemaSchema).exactOptional(),
  schedules: z.array(ScheduleSchema).max(100).exactOptional(),
});
