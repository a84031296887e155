// The configuration of an image (OCI image specification 1.1, config): what a container of it starts with, and its layers.
import { TowpathError } from '@towpath/core';
import { z } from 'zod';

/** OCI's members and Docker's two; what a builder leaves besides (its host, the image before) is no part of what is run. */
const Execution = z.object({
  User: z.string().optional(),
  ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
  Env: z.array(z.string()).nullish(),
  Entrypoint: z.array(z.string()).nullish(),
  Cmd: z.array(z.string()).nullish(),
  Volumes: z.record(z.string(), z.unknown()).nullish(),
  WorkingDir: z.string().optional(),
  Labels: z.record(z.string(), z.string()).nullish(),
  StopSignal: z.string().optional(),
  Healthcheck: z.unknown().optional(),
  Shell: z.array(z.string()).nullish(),
});

const ImageConfig = z.object({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().optional(),
  config: Execution.nullish(),
  rootfs: z.object({ type: z.literal('layers'), diff_ids: z.array(z.string()) }),
  history: z.array(z.object({ created_by: z.string().optional(), empty_layer: z.boolean().optional() })).nullish(),
});

/** Times, host names and what else differs from one build to the next are left out. */
export type ImageConfig = z.infer<typeof ImageConfig>;

/** @throws TowpathError `IMAGE_CONFIG_INVALID` */
export function parseImageConfig(bytes: Uint8Array, name: string): ImageConfig {
  try {
    return ImageConfig.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (thrown) {
    throw new TowpathError({
      code: 'IMAGE_CONFIG_INVALID',
      message: `${name} has no configuration of an image.`,
      cause: thrown instanceof Error ? thrown.message.slice(0, 500) : String(thrown),
      fix: 'Choose another image: one of Linux, for containers.',
    });
  }
}

/** Folders of PATH, as a container of this image sees them. */
export function listPathFolders({ config }: ImageConfig): readonly string[] {
  const path = config?.Env?.find((line) => line.startsWith('PATH='))?.slice('PATH='.length);
  return (path ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin').split(':').filter(Boolean);
}
