// Towpath's own images: `runner` is a base with Node, in which TypeScript tasks and datakits run; `towpath` has the package, too,
// and is server, agent or any other command.
import { join } from 'node:path';
import { assembleImage, type Image, type ImageLayer, packLayer } from '@towpath/oci';
import { VERSION } from '../version.ts';
import { collectFolder } from './collect-folder.ts';
import { toNpmCpu } from './install-linux-packages.ts';
import { type BaseRequest, loadBase } from './load-base.ts';
import { NODE_FOLDER, PACKAGE_FOLDER, packDependencies, packNode, packPackage } from './platform-layers.ts';

/** Has glibc, a shell and the C++ library, which is all that Node and PostgreSQL want. */
export const DEFAULT_BASE = 'debian:bookworm-slim';

export interface PlatformImages {
  readonly runner: Image;
  readonly towpath: Image;
  /** The same with a project in `/project`, for agents, but for these paths in it. */
  withProject(
    folder: string,
    options: { readonly labels: Readonly<Record<string, string>>; readonly ignored: readonly string[] },
  ): Promise<Image>;
}

/** Where images of agents have their project. */
export const PROJECT_FOLDER = '/project';

/** Debian's first user; no name is needed for it. */
const USER = '1000:1000';

/** @throws TowpathError `PACKAGE_MISSING`, `NPM_INSTALL_FAILED`, `PLATFORM_…`, `IMAGE_…`, `REGISTRY_…` */
export async function buildPlatformImages(request: BaseRequest): Promise<PlatformImages> {
  const { platform, signal } = request;
  const base = await loadBase(request);
  const options = { cpu: toNpmCpu(platform), cacheFolder: request.packagesFolder, signal };
  const runner = [...base.layers, await packNode(options)];
  const towpath = [...runner, await packDependencies(options), await packPackage()];
  const assemble = (title: string, layers: readonly ImageLayer[], more: object = {}): Image =>
    assembleImage({
      base: base.config,
      layers,
      labels: toLabels(title),
      pathFolder: NODE_FOLDER,
      user: USER,
      createdBy: 'towpath platform build',
      ...more,
    });
  const entrypoint = [`${NODE_FOLDER}/node`, `${PACKAGE_FOLDER}/bin/towpath.cjs`];
  const command = ['--help'];
  return {
    runner: assemble('Towpath runner', runner),
    towpath: assemble('Towpath', towpath, { entrypoint, command }),
    withProject: async (folder, { labels, ignored }) => {
      const isIgnored = new Set(ignored.map((path) => join(folder, path)));
      const isWanted = (name: string, source: string): boolean => isOfProject(name) && !isIgnored.has(source);
      const layers = [...towpath, await packLayer(collectFolder(folder, PROJECT_FOLDER, isWanted))];
      const own = { ...toLabels('Towpath agent'), ...labels };
      return assemble('', layers, { entrypoint, command: ['agent', '--project', PROJECT_FOLDER], labels: own });
    },
  };
}

/** State, history and installed packages are this machine's; an environment's file may hold a secret, and is mounted where the agent runs. */
function isOfProject(name: string): boolean {
  const isEnvironmentFile = /^\.env(?:\..*)?$/.test(name) && name !== '.env.example';
  return !['.git', '.towpath', 'node_modules'].includes(name) && !isEnvironmentFile;
}

function toLabels(title: string): Readonly<Record<string, string>> {
  return {
    'org.opencontainers.image.title': title,
    'org.opencontainers.image.version': VERSION,
    'org.opencontainers.image.licenses': 'Apache-2.0',
  };
}
