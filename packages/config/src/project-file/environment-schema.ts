import { ENVIRONMENT_KINDS, EXECUTOR_NAMES } from '@towpath/core';
import { z } from 'zod';
import { KubernetesSchema } from './kubernetes-schema.ts';
import { OwnedSchema } from './owned-schema.ts';
import { MemorySize, Scalar, Text, VariableName, Word, ZoneName } from './words.ts';

const When = Text.optional().describe('CEL, as in guards: the target is there only where this holds');

const TargetSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('postgres'),
    host: Text,
    port: z.union([Text, z.int().min(1).max(65_535)]).optional(),
    database: Text,
    user: Text.optional(),
    password: Text.optional().describe('A reference: secret://name#field'),
    when: When,
  }),
  z.strictObject({ type: z.literal('folder'), location: Text, when: When }),
  z.strictObject({
    type: z.literal('s3'),
    location: Text.describe('s3://bucket or s3://bucket/prefix'),
    endpoint: Text.optional().describe('URL of a store that is not AWS'),
    region: Text.optional(),
    pathStyle: z.union([Text, z.boolean()]).optional().describe('Default: true where there is an endpoint'),
    accessKeyId: Text.optional(),
    secretAccessKey: Text.optional().describe('A reference: secret://name#field'),
    sessionToken: Text.optional().describe('A reference: secret://name#field'),
    when: When,
  }),
]);

const SizingSchema = z.strictObject({
  cpu: z.number().positive().optional(),
  memory: MemorySize.optional().describe('512Mi, 1Gi'),
  workers: z.int().min(1).optional(),
  retentionDays: z.int().min(1).optional(),
  zoneRetentionDays: z.record(Word, z.int().min(1)).optional().describe('By zone; stands above retentionDays'),
  retentionDaily: z
    .union([z.boolean(), z.string().regex(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/)])
    .optional()
    .describe('An agent deletes each day what is past: at this time in UTC, HH:MM; true is 03:00'),
  spot: z.boolean().optional(),
  zones: z.int().min(1).optional(),
});

const NotifySchema = z.strictObject({
  name: Word.optional().describe('Default: the sink, numbered when there are several'),
  sink: z.enum(['slack', 'webhook', 'email']),
  url: Text.optional(),
  to: z.array(Text).optional(),
  from: Text.optional(),
  secret: Text.optional().describe('Key that signs a webhook: secret://name#field'),
  severities: z.array(z.enum(['info', 'warning', 'critical'])).optional(),
});

/** Options besides these three belong to the provider, which checks them. */
const SecretsSchema = z.looseObject({
  provider: Word,
  ttlSeconds: z.number().min(0).optional(),
  maxStaleSeconds: z.number().min(0).optional(),
});

const DockerSchema = z.strictObject({
  host: Text.optional().describe('unix:///path or tcp://host:port (default: DOCKER_HOST)'),
  network: Text.optional().describe('Network in which containers find services by name'),
  ticketVolume: Text.optional().describe('Volume with Kerberos tickets, seen read-only at /krb5/cache'),
});

/** A year, in hours. */
const MAX_HOURS = 366 * 24;

const AlertsSchema = z.strictObject({
  noRunHours: z
    .number()
    .positive()
    .max(MAX_HOURS)
    .optional()
    .describe('Tell when no run of a pipeline whose schedule ticks has ended for so many hours'),
  promotionStuckHours: z
    .number()
    .positive()
    .max(MAX_HOURS)
    .optional()
    .describe('Tell when a promotion has waited for so many hours (default: 24)'),
});

/** The server waits for a release for 15 minutes. */
const MAX_DEPLOY_SECONDS = 14 * 60;

const Words = z.array(z.string().min(1).max(4096)).min(1).max(200);

const DeploySchema = z.strictObject({
  command: Words.describe('Program and words; no shell'),
  plan: Words.optional().describe(
    'Writes what `command` would do into the file {plan}; it is applied when people approved its hash',
  ),
  timeoutSeconds: z.int().min(1).max(MAX_DEPLOY_SECONDS).default(600),
});

/** One environment of `environments:`. */
export const EnvironmentSchema = z.strictObject({
  kind: z.enum(ENVIRONMENT_KINDS),
  executor: z.enum(EXECUTOR_NAMES).optional().describe('Default: process for local, else what the agent finds'),
  docker: DockerSchema.optional(),
  kubernetes: KubernetesSchema.optional(),
  runnerImage: Text.optional().describe('Image with Node for TypeScript tasks in containers'),
  registry: Text.optional(),
  namespace: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
    .optional(),
  stack: Text.optional(),
  dbtTarget: Text.optional(),
  floatingTags: z
    .array(Text)
    .optional()
    .describe('Tags of images that may move, such as development; kind production takes none'),
  values: z.record(VariableName, Scalar).optional().describe("This file's layer of values"),
  owns: OwnedSchema.optional(),
  targets: z.record(Word, TargetSchema).optional(),
  zones: z.record(Word, ZoneName).optional(),
  secrets: SecretsSchema.optional(),
  sizing: SizingSchema.optional(),
  notify: z.array(NotifySchema).max(50).optional(),
  alerts: AlertsSchema.optional(),
  deploy: DeploySchema.optional(),
});

export type EnvironmentInput = z.output<typeof EnvironmentSchema>;
