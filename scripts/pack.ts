// `npm run pack [-- <folder>]`: builds towpath-<version>.tgz, the one npm package, into the folder (default: here); with `--unpacked
// <folder>` the package as a folder, which replaces the one that is there. Ours and third-party JavaScript are bundled; what
// is native (the PostgreSQL programs, esbuild) stays a dependency. Layout, which packages/cli/src/assets.ts looks for:
//   bin/                the launcher, plain CommonJS
//   dist/*.js           cli.js, sdk.js, code-server.js, task-runner.js and the chunks they share
//   dist/types/         declarations for authors
//   dist/<name>         files that source finds by `new URL('./<name>', import.meta.url)`: chunks lie in dist itself
//   dist/assets/        console/, datakits/sqlserver/

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleDatakit, bundleExecutable } from './pack/bundle.ts';
import { writeDeclarations } from './pack/declarations.ts';
import { formatLicences } from './pack/licences.ts';
import { createManifest } from './pack/manifest.ts';

const DATAKIT = 'dist/assets/datakits/sqlserver';
const PROGRAMS = ['bin/towpath.cjs', `${DATAKIT}/bin/datakit-sqlserver`];

/** Source → place in the package. Each must exist: a package without one of them would fail on the user's machine. */
const COPIES: readonly (readonly [string, string])[] = [
  ['packages/cli/bin/towpath.cjs', 'bin/towpath.cjs'],
  ['packages/cli/bin/ensure-node.cjs', 'bin/ensure-node.cjs'],
  ['packages/console/dist', 'dist/assets/console'],
  ['packages/server/src/db/migrations', 'dist/migrations'],
  ['datakits/sqlserver/datakit.yaml', `${DATAKIT}/datakit.yaml`],
  ['datakits/sqlserver/bin', `${DATAKIT}/bin`],
  ['packages/config/towpath.schema.json', 'towpath.schema.json'],
  ['deploy/kubernetes', 'deploy/kubernetes'],
  ['README.md', 'README.md'],
  ['LICENSE', 'LICENSE'],
];

function copyFiles(folder: string): void {
  const missing = COPIES.map(([source]) => source).filter((source) => !existsSync(source));
  if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')} (make pack builds the console first)`);
  for (const [source, target] of COPIES) cpSync(source, join(folder, target), { recursive: true });
  for (const program of PROGRAMS) chmodSync(join(folder, program), 0o755);
}

async function assemble(folder: string): Promise<void> {
  copyFiles(folder);
  const dist = join(folder, 'dist');
  const inputs = [...(await bundleExecutable(dist)), ...(await bundleDatakit(join(folder, DATAKIT, 'dist')))];
  writeDeclarations(join(dist, 'types'));
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), formatLicences(inputs));
  const { esbuild } = readManifest('agent').dependencies;
  const manifest = createManifest({ ...readManifest('cli'), esbuild });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function readManifest(name: string) {
  return JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'));
}

/** A folder that a killed run left half made is not taken for a package: the manifest is written last. */
async function writeUnpacked(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await assemble(folder);
}

async function main(): Promise<void> {
  const [target = '.', unpacked = 'dist/package'] = process.argv.slice(2);
  mkdirSync('dist', { recursive: true });
  if (target === '--unpacked') return await writeUnpacked(unpacked);
  // Inside the repository, where the declarations find their tsconfig.json, and not shared with another pack.
  const folder = mkdtempSync('dist/package-');
  try {
    await assemble(folder);
    const words = ['pack', `./${folder}`, '--pack-destination', target, '--ignore-scripts', '--loglevel=error'];
    console.log(execFileSync('npm', words, { encoding: 'utf8' }).trim().split('\n').at(-1));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
