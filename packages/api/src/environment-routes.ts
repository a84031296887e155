// Environments: what a project declares of them, who serves them, and what their agents resolved. Never a secret's value.
import { SEVERITIES, SINK_KINDS } from '@towpath/core';
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { EnvironmentKindSchema, InstantSchema } from './states.ts';

const EnvironmentName = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
const ShortText = z.string().max(500);
const Word = z.string().min(1).max(200);

/** Up to a year. */
const AlertHours = z.number().positive().max(8784);

/** What a project says about one environment. Sinks and targets are named; where they are stays with the agent. */
export const DeclaredEnvironment = z.strictObject({
  name: EnvironmentName,
  kind: EnvironmentKindSchema,
  executor: Word.default('process'),
  registry: ShortText.nullable().default(null),
  namespace: ShortText.nullable().default(null),
  stack: ShortText.nullable().default(null),
  dbtTarget: ShortText.nullable().default(null),
  /** Patterns by what they are of: buckets, hosts, databases … */
  owns: z.record(Word, z.array(ShortText).max(1000)).default({}),
  /** Location by layer: bronze, silver, gold. */
  zones: z.record(Word, ShortText).default({}),
  targets: z
    .array(z.strictObject({ name: Word, type: Word }))
    .max(200)
    .default([]),
  sizing: z.record(Word, z.union([z.number(), z.boolean(), ShortText])).default({}),
  notify: z
    .array(z.strictObject({ name: Word, sink: z.enum(SINK_KINDS), severities: z.array(z.enum(SEVERITIES)) }))
    .max(50)
    .default([]),
  /** Hours after which something that did not happen is told. */
  alerts: z.strictObject({ noRunHours: AlertHours.optional(), promotionStuckHours: AlertHours.optional() }).optional(),
  variables: z
    .array(
      z.strictObject({
        name: Word,
        type: Word,
        isSecret: z.boolean(),
        isRequired: z.boolean(),
        description: z.string().max(2000),
      }),
    )
    .max(5000)
    .default([]),
});
export type DeclaredEnvironment = z.infer<typeof DeclaredEnvironment>;

export const EnvironmentView = z.object({
  name: z.string(),
  kind: EnvironmentKindSchema,
  /** The kind's: `grey`, `blue`, `red`. */
  colour: z.string(),
  /** Null: an operator made it known, no project has declared it. */
  declaration: DeclaredEnvironment.nullable(),
  declared: z.object({ project: z.string(), at: InstantSchema, by: z.string() }).nullable(),
  /** Agents with a live session. */
  agents: z.array(
    z.object({
      name: z.string(),
      host: z.string(),
      version: z.string(),
      lastSeenAt: InstantSchema,
      isLive: z.boolean(),
      /** Attempts it holds, uncertain ones too. */
      attemptsHeld: z.number().int(),
      /** How many it runs at a time; null: it did not say. */
      maxAttempts: z.number().int().nullable(),
    }),
  ),
});
export type EnvironmentView = z.infer<typeof EnvironmentView>;

export const ListEnvironments = defineRoute({
  method: 'GET',
  path: '/api/environments',
  permission: 'environments:read',
  summary: 'Environments in order, as they are declared, with the health of their agents.',
  reply: z.object({ environments: z.array(EnvironmentView) }),
});

export const EnvironmentChangeView = z.object({
  name: z.string(),
  change: z.enum(['added', 'changed', 'unchanged', 'withdrawn']),
  /** Set when the kind changed. */
  kindBefore: EnvironmentKindSchema.optional(),
});
export type EnvironmentChangeView = z.infer<typeof EnvironmentChangeView>;

export const ApplyEnvironments = defineRoute({
  method: 'PUT',
  path: '/api/environments',
  permission: 'environments:write',
  summary:
    'Make environments be as a project declares them, in its order; all of it or nothing. A kind changes only where `kindChanges` names the environment; one that has runs or an agent can not be left out of a whole declaration. Idempotent.',
  body: z.strictObject({
    project: z.string().min(1).max(63),
    environments: z.array(DeclaredEnvironment).max(200),
    /** The list is the whole declaration of the project: what it does not name is withdrawn. */
    isWhole: z.boolean(),
    kindChanges: z.array(EnvironmentName).max(200).default([]),
    /** Only say what would change. */
    isDryRun: z.boolean().default(false),
    why: z.string().max(500).optional(),
  }),
  reply: z.object({ changes: z.array(EnvironmentChangeView) }),
});

const ConfigurationPlace = z.strictObject({
  file: z.string().max(1024),
  line: z.number().int().positive(),
  column: z.number().int().positive().optional(),
});

/** A resolved variable. Of a secret there is no text: only what it may be told by. */
export const ConfiguredValue = z.strictObject({
  name: Word,
  /** Null for a secret. */
  text: z.string().max(10_000).nullable(),
  /** For a secret: `secret://name#field`, or a mask. Null otherwise. */
  mask: z.string().max(500).nullable(),
  /** `dev` (what `towpath dev` brings), `flag`, `process`, `envFile`, `project`, `default`, `computed`, `derived`. */
  source: Word,
  place: ConfigurationPlace.nullable(),
  type: Word,
  rules: z.array(z.string().max(500)).max(100),
  /** Whether `parity` of the project lets it be another one in another environment; absent: an older agent did not say. */
  mayDiffer: z.boolean().optional(),
});
export type ConfiguredValue = z.infer<typeof ConfiguredValue>;

/** Something about the configuration that is wrong; `received` is masked by whoever found it. */
export const ConfigurationProblem = z.strictObject({
  code: Word,
  variable: Word.nullable(),
  message: z.string().max(4000),
  fix: z.string().max(4000),
  place: ConfigurationPlace.nullable(),
});
export type ConfigurationProblem = z.infer<typeof ConfigurationProblem>;

/** What a target said about whose it is when the agent asked. */
export const TargetIdentity = z.strictObject({
  name: Word,
  type: Word,
  /** `own`, `claim` (it will be claimed before the first write), `borrowed`, `unclaimed`, `refused`, `unreachable`. */
  verdict: z.enum(['own', 'claim', 'borrowed', 'unclaimed', 'refused', 'unreachable']),
  claimedBy: z.string().max(63).nullable(),
});
export type TargetIdentity = z.infer<typeof TargetIdentity>;

const ConfigurationReport = {
  /** Of the values that are not secret. */
  hash: z.string().max(64),
  values: z.array(ConfiguredValue).max(5000),
  problems: z.array(ConfigurationProblem).max(5000),
  targets: z.array(TargetIdentity).max(200),
  /** SHA-256 of the channel of each sink: two environments that name one are found by it. `isShared`: declared so. */
  channels: z
    .array(z.strictObject({ sink: Word, channel: z.string().regex(/^[0-9a-f]{64}$/), isShared: z.boolean() }))
    .max(50),
};

export const ReportConfiguration = defineRoute({
  method: 'PUT',
  path: '/api/agent/sessions/:sessionId/configuration',
  permission: 'code:register',
  summary:
    "Report the resolved configuration of the agent's environment, without secrets. Answers which sinks must not be used, because another environment names their channel.",
  params: z.object({ sessionId: z.uuid() }),
  body: z.strictObject(ConfigurationReport),
  reply: z.object({
    refusedSinks: z.array(z.object({ sink: z.string(), environment: z.string() })),
  }),
});

export const ConfigurationView = z.object({
  agent: z.string(),
  reportedAt: InstantSchema,
  hash: z.string(),
  values: z.array(ConfiguredValue),
  problems: z.array(ConfigurationProblem),
  targets: z.array(TargetIdentity),
});
export type ConfigurationView = z.infer<typeof ConfigurationView>;

export const GetConfiguration = defineRoute({
  method: 'GET',
  path: '/api/environments/:environment/configuration',
  permission: 'environments:read',
  summary: 'What each agent of an environment last said it resolved; secrets are masked by the agent.',
  params: z.object({ environment: z.string() }),
  reply: z.object({ configurations: z.array(ConfigurationView) }),
});
