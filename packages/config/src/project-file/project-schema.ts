// The schema of towpath.yaml: every key that is known; any other is an error. `towpath.schema.json` is written from it.
import { PARITY_CLASSES, SIZING_KEYS } from '@towpath/core';
import { z } from 'zod';
import { EnvironmentSchema } from './environment-schema.ts';
import { OwnedSchema } from './owned-schema.ts';
import { VariableSchema } from './variable-schema.ts';
import { EnvironmentName, Text, VariableName, Word } from './words.ts';

/** What core's `isValidPoolName` accepts, in the words of JSON Schema. */
const POOL_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9_])?$/;

const GuardSchema = z.strictObject({
  name: Word,
  when: Text.optional().describe('CEL: where this holds (default: everywhere)'),
  rule: Text.describe('CEL: what must hold there'),
  message: Text.optional(),
  fix: Text.optional(),
});

/** Exact versions and digests alone: the rule of core's `judgeImageVersion`, told where it is declared otherwise. */
const DeclaredEnvironment = EnvironmentSchema.refine(
  ({ kind, floatingTags = [] }) => kind !== 'production' || floatingTags.length === 0,
  { path: ['floatingTags'], message: 'an environment of kind production takes exact versions and digests alone' },
);

/** The whole file. */
export const ProjectFileSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
    .describe('Name of the project: a-z, 0-9, -'),
  defaultEnvironment: EnvironmentName.optional().describe('What an unset ENVIRONMENT selects'),
  configuration: z
    .strictObject({
      fileWins: z.boolean().optional().describe('config/.env.<environment> stands above process variables'),
    })
    .optional(),
  variables: z.record(VariableName, VariableSchema).optional(),
  environments: z.record(EnvironmentName, DeclaredEnvironment).optional().describe('In the order of promotion'),
  shared: OwnedSchema.optional().describe('What several environments may use'),
  guards: z.array(GuardSchema).max(1000).optional(),
  parity: z
    .strictObject({
      allowed: z.array(z.enum(PARITY_CLASSES)).optional(),
      variables: z.array(VariableName).optional(),
      same: z
        .array(z.union([VariableName, z.enum(SIZING_KEYS.map((key) => `sizing.${key}` as const))]))
        .optional()
        .describe('What must not differ, whatever its class'),
    })
    .optional(),
  /** Slots by pool: so many attempts of its tasks at a time. */
  pools: z.record(z.string().regex(POOL_NAME), z.int().min(0).max(100_000)).optional(),
  dbt: z
    .strictObject({
      folder: Text.describe('Folder of the dbt project, below that of this file; releases name its models'),
    })
    .optional(),
  dev: z
    .strictObject({
      /** Pipeline that `npx towpath dev` runs once, at its first start, so that there is something to see. */
      firstRun: z.string().max(63).optional(),
    })
    .optional(),
});

export type ProjectFileInput = z.output<typeof ProjectFileSchema>;
