// datakit.yaml: what a datakit is called, where its commands lie, what it wants to know of its environment, what its image holds.
import { isExactVersion, parseMemoryMiB, splitCommand } from '@towpath/core';
import { z } from 'zod';

/** Name of the manifest in a datakit's folder. */
export const DATAKIT_FILE = 'datakit.yaml';

const VariableSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name that a shell can export: letters, digits, _'),
  required: z.boolean().default(false),
  description: z.string().default(''),
});

const ResourcesSchema = z.strictObject({
  cpu: z.number().positive().optional(),
  memory: z
    .string()
    .refine((text) => parseMemoryMiB(text) !== undefined, 'must be a size such as 512Mi or 1Gi')
    .optional(),
});

const RelativePath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'must lie in the folder of the datakit');

const ImageSchema = z.strictObject({
  /** What its files are laid upon. */
  base: z.string().min(1).default('node:24-bookworm-slim'),
  /** Files and folders besides the manifest and the executables. */
  files: z.array(RelativePath).default([]),
  /** File of the image → module that it is bundled from, packages included, where that is there. */
  bundle: z.record(RelativePath, RelativePath).default({}),
  /** The label by which an executor knows what the image can run as first program. */
  entry: z.enum(['sh', 'node', 'none']).default('sh'),
});

export const ManifestSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/, 'must be a name of a-z, 0-9, -, _ and .'),
  version: z.string().regex(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/, 'must be a version such as 0.1.0'),
  kind: z.string(),
  description: z.string().default(''),
  commands: z.array(z.string().min(1)).min(1),
  executableFolder: RelativePath.default('bin'),
  environment: z.array(VariableSchema).default([]),
  /** Targets it writes to without a variable that begins with their names. */
  targets: z.array(z.string().min(1)).default([]),
  /** What one attempt needs. */
  resources: ResourcesSchema.optional(),
  /** The lowest version of Towpath that runs it. */
  minimumPlatform: z.string().refine(isExactVersion, 'must be a version such as 0.1.0').optional(),
  image: ImageSchema.optional(),
  /** The command of its own tests, split as a shell splits words, run in its folder. */
  tests: z.string().refine(isCommand, 'must be a command, with closed quotes').optional(),
});

/** A manifest with the defaults filled in. */
export type Manifest = z.infer<typeof ManifestSchema>;

/** For a manifest of which some keys are wrong. */
export const PartialManifestSchema = ManifestSchema.partial();

export type PartialManifest = z.infer<typeof PartialManifestSchema>;

/** What of a manifest is about its image. */
export type ImageSection = z.infer<typeof ImageSchema>;

/** The image of a manifest that says nothing of one. */
export const DEFAULT_IMAGE: ImageSection = ImageSchema.parse({});

function isCommand(text: string): boolean {
  try {
    return splitCommand(text).length > 0;
  } catch {
    return false;
  }
}
