// What commands about images take from their surroundings: logins, the engine's address, the place of kept layers.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TowpathError } from '@towpath/core';
import { type FindCredentials, type Platform, readDockerCredentials } from '@towpath/oci';
import type { CommandContext } from '../context.ts';

export interface ImageAccess {
  readonly findCredentials: FindCredentials;
  /** Layers of bases. */
  readonly cacheFolder: string;
  /** npm packages for images. */
  readonly packagesFolder: string;
  readonly signal: AbortSignal;
}

/** Docker's own configuration, and the user's cache folder. */
export function createImageAccess({ env, signal }: Pick<CommandContext, 'env' | 'signal'>): ImageAccess {
  const home = env.HOME ?? homedir();
  const cache = env.XDG_CACHE_HOME || join(home, '.cache');
  return {
    findCredentials: readDockerCredentials(env.DOCKER_CONFIG || join(home, '.docker')),
    cacheFolder: join(cache, 'towpath', 'layers'),
    packagesFolder: join(cache, 'towpath', 'packages'),
    signal,
  };
}

/** Of most servers. Not this machine's: the same sources have to give the same digest wherever they are built. */
export const DEFAULT_PLATFORM = 'linux/amd64';

/** Reads `linux/arm64`. @throws TowpathError `PLATFORM_INVALID` */
export function parsePlatform(text: string): Platform {
  const [, os, architecture] = /^([a-z]+)\/([a-z0-9]+)$/.exec(text) ?? [];
  if (os !== undefined && architecture !== undefined) return { os, architecture };
  throw new TowpathError({
    code: 'PLATFORM_INVALID',
    message: `${JSON.stringify(text)} is no platform.`,
    fix: 'Write it as linux/amd64 or linux/arm64.',
  });
}
