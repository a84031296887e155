// The wire form of a graph. Semantics (cycles, names, references) are checked by core's checkGraph afterwards.
import type { Graph } from '@towpath/core';
import { z } from 'zod';

const DatakitReference = z.strictObject({ name: z.string().min(1).max(63), version: z.string().min(1).max(64) });

/** Longest delay or time limit a graph may ask for. */
const MAX_SECONDS = 30 * 24 * 3600;

export const GraphTaskSchema = z.strictObject({
  id: z.string().max(63),
  kind: z.literal('datakit'),
  datakit: DatakitReference,
  argv: z.array(z.string().max(32_768)).max(1000),
  environmentVariables: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(32_768)),
  dependsOn: z.array(z.string().max(63)).max(10_000),
  retry: z.strictObject({ limit: z.number().int().min(0).max(100), delaySeconds: z.number().min(0).max(MAX_SECONDS) }),
  timeoutSeconds: z.number().positive().max(MAX_SECONDS),
  idempotent: z.boolean(),
});

export const GraphSchema: z.ZodType<Graph> = z.strictObject({
  schemaVersion: z.literal(1),
  pipeline: z.string().max(63),
  description: z.string().max(4096),
  tasks: z.array(GraphTaskSchema),
});
