// The files of a datakit that its image holds: what the manifest names, and what is bundled from sources.
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { TowpathError } from '@towpath/core';
import type { LayerFile } from '@towpath/oci';
import { LEFT_OUT } from '../manifest/left-out.ts';
import { DATAKIT_FILE, DEFAULT_IMAGE } from '../manifest/manifest-schema.ts';
import type { InstalledDatakit } from '../manifest/read-datakits.ts';
import { bundleModule } from './bundle-module.ts';

/** Where an image holds the datakit. */
export function toImageFolder(name: string): string {
  return `/opt/datakits/${name}`;
}

/** All files, by their places in the image, none twice. @throws TowpathError `DATAKIT_FILE_UNFIT`, `DATAKIT_BUNDLE_FAILED` */
export async function collectFiles(datakit: InstalledDatakit): Promise<readonly LayerFile[]> {
  const { folder, name, executableFolder, image = DEFAULT_IMAGE } = datakit;
  const bundled = await bundleAll(datakit);
  const named = [DATAKIT_FILE, relative(folder, executableFolder), ...image.files];
  const listed = named.flatMap((path) => listFiles(folder, path, bundled));
  const paths = [...new Set(listed)].filter((path) => !bundled.has(path));
  const root = toImageFolder(name);
  return [
    ...paths.map((path) => readLayerFile(folder, path, root)),
    ...[...bundled].map(([path, bytes]) => ({ path: posix.join(root, path), bytes, isExecutable: false })),
  ];
}

/** Bundled is what has its source here; an installed datakit has what was bundled before. */
async function bundleAll({
  folder,
  image = DEFAULT_IMAGE,
}: InstalledDatakit): Promise<ReadonlyMap<string, Uint8Array>> {
  const bundled = new Map<string, Uint8Array>();
  for (const [output, source] of Object.entries(image.bundle)) {
    if (statSync(join(folder, source), { throwIfNoEntry: false })?.isFile())
      bundled.set(posix.normalize(output), await bundleModule(folder, source));
  }
  return bundled;
}

/** Relative to the folder, with `/`, sorted. */
function listFiles(folder: string, path: string, bundled: ReadonlyMap<string, Uint8Array>): readonly string[] {
  const own = posix.normalize(path.split(sep).join('/')).replace(/\/$/, '');
  const stats = statSync(join(folder, own), { throwIfNoEntry: false });
  if (stats === undefined) {
    if ([...bundled.keys()].some((output) => output === own || output.startsWith(`${own}/`))) return [];
    throw unfit(own, 'It is not there.');
  }
  if (!stats.isDirectory()) return [own];
  const entries = readdirSync(join(folder, own), { withFileTypes: true });
  const wanted = entries.filter(({ name }) => !LEFT_OUT.test(name)).map(({ name }) => name);
  return wanted.sort().flatMap((name) => listFiles(folder, posix.join(own, name), bundled));
}

function readLayerFile(folder: string, path: string, root: string): LayerFile {
  const source = realpathSync(join(folder, path));
  // What a link leads to elsewhere is somebody's, and in no commit that the image names.
  if (!source.startsWith(`${realpathSync(folder)}${sep}`))
    throw unfit(path, `It leads out of the folder, to ${source}.`);
  const stats = statSync(source);
  if (!stats.isFile()) throw unfit(path, 'It is neither file nor folder.');
  // One bit of the owner: what a umask made of the others is no part of the source.
  const isExecutable = (stats.mode & 0o100) !== 0;
  return { path: posix.join(root, path), bytes: readFileSync(join(folder, path)), isExecutable };
}

function unfit(path: string, cause: string): TowpathError {
  return new TowpathError({
    code: 'DATAKIT_FILE_UNFIT',
    message: `${path} can't go into the image.`,
    cause,
    fix: 'Correct `image.files` of datakit.yaml; `npx towpath datakit validate` names all that is wrong.',
  });
}
