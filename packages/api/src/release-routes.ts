// Releases: what is promoted. They are recorded once, never changed, and identified by what they consist of.
import { DIFFERENCE_KINDS } from '@towpath/core';
import { z } from 'zod';
import { MAX_BUNDLE_BYTES } from './agent-routes.ts';
import { defineRoute } from './contract.ts';
import { GraphSchema } from './graph-schema.ts';
import { EnvironmentKindSchema, InstantSchema } from './states.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const ImageDigest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const ProjectName = z.string().min(1).max(63);
const Version = z.string().min(1).max(64);

/** Names and types of variables and environments; `set` names variables, never what they are set to. */
const Names = z.array(z.string().max(200)).max(5000);
const ReleasedDeclarationSchema = z.strictObject({
  variables: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200),
        type: z.string().min(1).max(200),
        isSecret: z.boolean(),
        isRequired: z.boolean(),
        isProvided: z.boolean(),
      }),
    )
    .max(5000),
  environments: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(63),
        kind: EnvironmentKindSchema,
        executor: z.string().max(200),
        targets: z.record(z.string().max(200), z.string().max(200)),
        zones: Names,
        set: Names,
        before: z.string().max(63).nullable(),
        differences: Names,
        areValuesCompared: z.boolean(),
      }),
    )
    .max(200),
});

const DbtSchema = z.object({
  project: z.string().max(256),
  models: z
    .array(
      z.object({
        /** dbt's unique id. */
        name: z.string().max(512),
        /** Of its file, its configuration and the macros that it uses. */
        checksum: Sha256,
        dependsOn: z.array(z.string().max(512)).max(10_000),
        /** How it is kept. Absent: an older command line recorded it. */
        materialized: z.string().max(200).optional(),
        isNeverRefreshed: z.boolean().optional(),
      }),
    )
    .max(10_000),
});

export const ReleaseBillSchema = z.object({
  schemaVersion: z.literal(1),
  project: z.string(),
  gitSha: z.string(),
  bundleHash: z.string().optional(),
  pipelines: z.array(z.object({ name: z.string(), sourceFile: z.string(), graphHash: z.string() })),
  datakits: z.array(z.object({ name: z.string(), version: z.string(), digest: z.string().optional() })),
  pools: z.record(z.string(), z.number()),
  configurationHash: z.string(),
  declaration: ReleasedDeclarationSchema.optional(),
  dbt: DbtSchema.optional(),
});

export const ReleaseView = z.object({
  /** SHA-256 (hex) of the bill's canonical JSON. */
  id: z.string(),
  project: z.string(),
  version: z.string(),
  bill: ReleaseBillSchema,
  changelog: z.string(),
  createdAt: InstantSchema,
  createdBy: z.string(),
  createdFrom: z.string(),
});
export type ReleaseView = z.infer<typeof ReleaseView>;

export const UploadReleaseBundle = defineRoute({
  method: 'PUT',
  path: '/api/releases/bundles/:hash',
  permission: 'releases:write',
  summary: `Upload the code of TypeScript tasks (application/octet-stream, at most ${MAX_BUNDLE_BYTES} bytes) under the SHA-256 (hex) of its bytes, before the release that names it. Repeating it is harmless.`,
  params: z.object({ hash: Sha256 }),
  bodyMediaType: 'application/octet-stream',
  reply: z.object({ sizeBytes: z.number().int().nonnegative() }),
});

export const CreateRelease = defineRoute({
  method: 'POST',
  path: '/api/releases',
  permission: 'releases:write',
  summary:
    'Record a release. The same content under the same version is the same release and changes nothing; a version that names other content, or content that has another version, is refused.',
  body: z.strictObject({
    project: ProjectName,
    version: Version,
    /** The version's section of the changelog. */
    changelog: z.string().max(100_000),
    gitSha: z.string().max(64),
    /** Host or CI job that built it. */
    createdFrom: z.string().max(200),
    bundleHash: Sha256.optional(),
    pipelines: z.array(z.strictObject({ sourceFile: z.string().max(1024), graph: GraphSchema })).max(10_000),
    /** Images of datakits that its tasks name. */
    images: z
      .array(z.strictObject({ name: z.string().max(63), version: z.string().max(128), digest: ImageDigest }))
      .max(10_000)
      .optional(),
    pools: z.record(z.string().max(63), z.number().int().min(0).max(100_000)),
    configurationHash: Sha256,
    /** What the commit declares; absent: an older command line recorded it, and nothing can be compared. */
    declaration: ReleasedDeclarationSchema.optional(),
    dbt: DbtSchema.optional(),
  }),
  reply: z.object({ release: ReleaseView, isNew: z.boolean() }),
});

export const ListReleases = defineRoute({
  method: 'GET',
  path: '/api/releases',
  permission: 'releases:read',
  summary: 'Releases, newest first; of one project, or of one version.',
  query: z.object({
    project: ProjectName.optional(),
    version: Version.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  reply: z.object({ releases: z.array(ReleaseView) }),
});

export const GetRelease = defineRoute({
  method: 'GET',
  path: '/api/releases/:releaseId',
  permission: 'releases:read',
  summary: 'One release.',
  params: z.object({ releaseId: Sha256 }),
  reply: ReleaseView,
});

/** More are counted. */
export const MAX_DIFFERENCES = 1_000;

export const CompareReleases = defineRoute({
  method: 'GET',
  path: '/api/releases/:releaseId/differences',
  permission: 'releases:read',
  summary: `What one release has that another (\`from\`) has not, by kind and name; of pipelines that differ their tasks and schedules, too. At most ${MAX_DIFFERENCES}.`,
  params: z.object({ releaseId: Sha256 }),
  query: z.object({ from: Sha256 }),
  reply: z.object({
    differences: z.array(
      z.object({
        kind: z.enum(DIFFERENCE_KINDS),
        /** Of a task and a schedule after its pipeline's and a slash. */
        name: z.string(),
        /** Null: it was not there. */
        before: z.string().nullable(),
        /** Null: it is there no more. */
        after: z.string().nullable(),
      }),
    ),
    /** How many more there are. */
    leftOut: z.number().int().nonnegative(),
  }),
});
