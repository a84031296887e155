// Datakits by environment: what its registry holds, as an agent of it saw, and what attempts really ran. The server asks no registry.
import { INVENTORY_ALERTS } from '@towpath/core';
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { AttemptStateSchema, EnvironmentKindSchema, InstantSchema, keysOf } from './states.ts';

const Name = z.string().min(1).max(63);
const Version = z.string().min(1).max(128);
const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const MiB = z.number().int().nonnegative();

/** Versions of a datakit that a report lists at most, the newest first: people compare the last ones, and a page has hundreds of cells. */
export const MAX_REPORTED_VERSIONS = 50;
/** Datakits that a report names at most. */
export const MAX_REPORTED_DATAKITS = 500;

/** One version, and what its image or manifest says. */
export const ReportedVersion = z.strictObject({
  version: Version,
  /** Null: a folder has none, or an older version whose content was not asked for. */
  digest: Digest.nullable(),
  /** What the image says it is; null: nothing, or it was not asked. */
  label: Version.nullable().default(null),
  minimumPlatform: Version.nullable().default(null),
  /** Memory that one attempt needs. */
  memoryMiB: MiB.nullable().default(null),
  /** Git SHA it was built from, `…-modified` where files differed from it. */
  revision: z.string().max(128).nullable().default(null),
});
export type ReportedVersion = z.infer<typeof ReportedVersion>;

const ProblemFacts = z.strictObject({
  code: z.string().min(1).max(64),
  message: z.string().max(2000),
  cause: z.string().max(2000).nullable(),
  fix: z.string().max(2000).nullable(),
});

/** What an environment has of one datakit that its pipelines name. */
export const ReportedDatakit = z.strictObject({
  name: Name,
  /** Versions that pipelines name. */
  named: z.array(Version).max(MAX_REPORTED_VERSIONS),
  versions: z.array(ReportedVersion).max(MAX_REPORTED_VERSIONS),
  /** There are more, which are older. */
  isCut: z.boolean().default(false),
  /** Why nothing is known: `versions` says nothing then. */
  error: ProblemFacts.nullable(),
});
export type ReportedDatakit = z.infer<typeof ReportedDatakit>;

/** `registry`: attempts run images of it. `folder`: they are processes, of datakits on the agent's host. */
const SourceSchema = z.enum(['registry', 'folder']);

export const ListNamedDatakits = defineRoute({
  method: 'GET',
  path: '/api/agent/sessions/:sessionId/datakits',
  permission: 'code:register',
  summary: "Datakits that the pipelines of the agent's environment name, with their versions: what it reports about.",
  params: z.object({ sessionId: z.uuid() }),
  reply: z.object({ datakits: z.array(z.object({ name: z.string(), versions: z.array(z.string()) })) }),
});

export const ReportDatakits = defineRoute({
  method: 'PUT',
  path: '/api/agent/sessions/:sessionId/datakits',
  permission: 'code:register',
  summary:
    "Report what the agent's environment has of the datakits that its pipelines name. Replaces the report before; what a registry did not answer is an error of that datakit.",
  params: z.object({ sessionId: z.uuid() }),
  body: z.strictObject({
    source: SourceSchema,
    /** Of the agent: what would run them. */
    platformVersion: z.string().min(1).max(64),
    /** What one attempt may use; null: nothing limits it. */
    memoryMiB: MiB.nullable(),
    datakits: z.array(ReportedDatakit).max(MAX_REPORTED_DATAKITS),
  }),
  reply: z.object({}),
});

/** Something that needs somebody's eye. Members besides follow from the code. */
export const InventoryAlertView = z.object({
  code: z.enum(keysOf(INVENTORY_ALERTS)),
  version: z.string(),
  /** In words. */
  text: z.string(),
});
export type InventoryAlertView = z.infer<typeof InventoryAlertView>;

/** The last attempt of a datakit that really ran in an environment. */
export const LastDatakitRun = z.object({
  version: z.string(),
  executor: z.string(),
  /** Null: it ran from no image. */
  image: z.object({ reference: z.string(), digest: z.string().nullable() }).nullable(),
  runId: z.string(),
  runName: z.string(),
  taskId: z.string(),
  attemptId: z.string(),
  state: AttemptStateSchema,
  finishedAt: InstantSchema,
});
export type LastDatakitRun = z.infer<typeof LastDatakitRun>;

/** One datakit in one environment. */
export const DatakitCell = z.object({
  environment: z.string(),
  kind: EnvironmentKindSchema,
  /** What an agent of it saw last; null: none has said anything. */
  observed: z
    .object({
      at: InstantSchema,
      agent: z.string(),
      source: SourceSchema,
      /** Of that agent. */
      platformVersion: z.string(),
    })
    .nullable(),
  /** Versions that pipelines of the environment name. */
  named: z.array(z.string()),
  newest: ReportedVersion.nullable(),
  /** The newest first. */
  versions: z.array(z.string()),
  /** An environment before has a newer one: promotion has not come this far. */
  isBehind: z.boolean(),
  alerts: z.array(InventoryAlertView),
  /** Why the registry did not say. */
  error: ProblemFacts.nullable(),
  lastRun: LastDatakitRun.nullable(),
});
export type DatakitCell = z.infer<typeof DatakitCell>;

export const DatakitView = z.object({
  name: z.string(),
  /** Every environment, in order. */
  environments: z.array(DatakitCell),
});
export type DatakitView = z.infer<typeof DatakitView>;

export const ListDatakits = defineRoute({
  method: 'GET',
  path: '/api/datakits',
  permission: 'environments:read',
  summary:
    'Datakits that pipelines name, by name, each in every environment: what is published, what ran last, drift, and what can not run there.',
  query: z.object({
    /** Only this one. */
    name: z.string().optional(),
    limit: z.coerce.number().int().min(1).max(100).default(50),
    /** `next` of the page before. */
    after: z.string().max(200).optional(),
  }),
  reply: z.object({ datakits: z.array(DatakitView), next: z.string().nullable() }),
});
