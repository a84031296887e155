// npm packages for the system of an image, whatever this machine is: Node, PostgreSQL and esbuild are programs.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TowpathError } from '@towpath/core';
import type { Platform } from '@towpath/oci';
import { runProgram } from './run-program.ts';

/** npm's word for an architecture. */
export type NpmCpu = 'x64' | 'arm64';

const CPUS: Readonly<Record<string, NpmCpu>> = { amd64: 'x64', arm64: 'arm64' };

/** @throws TowpathError `PLATFORM_UNSUPPORTED` */
export function toNpmCpu({ os, architecture }: Platform): NpmCpu {
  const cpu = os === 'linux' ? CPUS[architecture] : undefined;
  if (cpu !== undefined) return cpu;
  throw new TowpathError({
    code: 'PLATFORM_UNSUPPORTED',
    message: `There is no Towpath for ${os}/${architecture}.`,
    fix: 'Images are for linux/amd64 and linux/arm64.',
  });
}

/**
 * Installs them into a folder of the cache, once, and returns its `node_modules`. Without install scripts.
 *
 * @throws TowpathError `NPM_INSTALL_FAILED`
 */
export async function installLinuxPackages(
  dependencies: Readonly<Record<string, string>>,
  { cpu, cacheFolder, signal }: { readonly cpu: NpmCpu; readonly cacheFolder: string; readonly signal: AbortSignal },
): Promise<string> {
  const manifest = JSON.stringify({ name: 'towpath-image', version: '1.0.0', private: true, dependencies });
  const key = createHash('sha256').update(`${cpu} ${manifest}`).digest('hex').slice(0, 16);
  const folder = join(cacheFolder, key);
  if (!existsSync(folder)) await installOnce(folder, manifest, { cpu, signal });
  return join(folder, 'node_modules');
}

async function installOnce(
  folder: string,
  manifest: string,
  { cpu, signal }: { readonly cpu: NpmCpu; readonly signal: AbortSignal },
): Promise<void> {
  const draft = `${folder}.${randomUUID()}.part`;
  const words = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  const target = ['--os=linux', `--cpu=${cpu}`, '--libc=glibc'];
  try {
    await mkdir(draft, { recursive: true });
    await writeFile(join(draft, 'package.json'), manifest);
    await runProgram('npm', [...words, ...target], { cwd: draft, signal }).catch((thrown: Error) => {
      throw installFailed(thrown.message);
    });
    await rename(draft, folder).catch((thrown: NodeJS.ErrnoException) => {
      // Another build was faster; its folder is as good.
      if (thrown.code !== 'ENOTEMPTY' && thrown.code !== 'EEXIST') throw thrown;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function installFailed(cause: string): TowpathError {
  return new TowpathError({
    code: 'NPM_INSTALL_FAILED',
    message: 'The programs for the image could not be installed from npm.',
    cause,
    fix: "Make npm reach its registry: registry, cafile and proxy of the user's .npmrc count. npm 10 or later is needed.",
  });
}
