// The schema of towpath.yaml: every key that is known; any other is an error.
import { ENVIRONMENT_KINDS, isValidPoolName } from '@towpath/core';
import { z } from 'zod';

const Name = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/, 'no name of an environment');

const VariableName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'no name of a variable: A-Z, 0-9 and _');

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

const VARIABLE_TYPES = [
  'string',
  'integer',
  'number',
  'boolean',
  'enum',
  'url',
  'dsn',
  'host',
  'hostPort',
  'port',
  'bucket',
  'arn',
  'database',
  'namespace',
  'account',
  'principal',
  'realm',
  'secretPath',
  'path',
  'prefix',
  'email',
  'duration',
  'logLevel',
] as const;

const Variable = z.strictObject({
  type: z.enum(VARIABLE_TYPES),
  description: z.string().optional(),
  default: Scalar.optional(),
  required: z.boolean().default(false),
  example: Scalar.optional(),
  /** Text with `${NAME}` in it. */
  value: z.string().optional(),
  secret: z.boolean().default(false),
  pattern: z.string().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  values: z.array(z.string()).optional(),
  immutable: z.boolean().optional(),
  parity: z.string().optional(),
});

const Patterns = z.array(z.string().min(1)).default([]);

const Owned = z.strictObject({
  buckets: Patterns,
  hosts: Patterns,
  databases: Patterns,
  accounts: Patterns,
  namespaces: Patterns,
  principals: Patterns,
  realms: Patterns,
  secretPaths: Patterns,
  paths: Patterns,
  urls: Patterns,
});

/** Where data lies: tables of a PostgreSQL, or objects. */
const Target = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('postgres'),
    host: z.string(),
    port: z.union([z.string(), z.number().int()]).default(5432),
    database: z.string(),
    user: z.string(),
    password: z.string().optional(),
  }),
  z.strictObject({ type: z.enum(['folder', 's3']), location: z.string() }),
]);

const Sizing = z.strictObject({
  cpu: z.number().positive().optional(),
  memory: z
    .string()
    .regex(/^\d+(?:\.\d+)?(?:Mi|Gi)$/)
    .optional(),
  workers: z.number().int().positive().optional(),
  retentionDays: z.number().int().positive().optional(),
  spot: z.boolean().optional(),
  zones: z.number().int().positive().optional(),
});

const Environment = z.strictObject({
  kind: z.enum(ENVIRONMENT_KINDS),
  values: z.record(VariableName, Scalar).default({}),
  owns: Owned.partial().optional(),
  targets: z.record(z.string(), Target).default({}),
  zones: z.record(z.string(), z.string()).default({}),
  sizing: Sizing.default({}),
});

/** An environment as towpath.yaml declares it. */
export type DeclaredEnvironment = z.output<typeof Environment>;

/** A variable as towpath.yaml declares it. */
export type DeclaredVariable = z.output<typeof Variable>;

/** The whole file. */
export const ProjectFileSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
  defaultEnvironment: Name.optional(),
  configuration: z.strictObject({ fileWins: z.boolean().default(false) }).default({ fileWins: false }),
  variables: z.record(VariableName, Variable).default({}),
  environments: z.record(Name, Environment).default({}),
  shared: Owned.partial().optional(),
  dev: z
    .strictObject({
      /** Pipeline that `npx towpath dev` runs once, at its first start, so that there is something to see. */
      firstRun: z.string().max(63).optional(),
    })
    .optional(),
  /** Slots by pool: so many attempts of its tasks at a time. */
  pools: z
    .record(z.string().refine(isValidPoolName, 'no name of a pool'), z.number().int().min(0).max(100_000))
    .default({}),
});
