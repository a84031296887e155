// `npm run pack`: builds towpath-<version>.tgz, the one npm package. Ours and third-party JavaScript are bundled; what
// is native (the PostgreSQL programs) stays a dependency. Layout, which packages/cli/src/assets.ts looks for:
//   bin/                the launcher, plain CommonJS
//   dist/*.js           cli.js, sdk.js, code-server.js and the chunks they share
//   dist/types/         declarations for authors
//   dist/<name>         files that source finds by `new URL('./<name>', import.meta.url)`: chunks lie in dist itself
//   dist/assets/        console/, datakits/sqlserver/

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleDatakit, bundleExecutable } from './pack/bundle.ts';
import { writeDeclarations } from './pack/declarations.ts';
import { formatLicences } from './pack/licences.ts';
import { createManifest } from './pack/manifest.ts';

const PACKAGE = 'dist/package';
const DIST = join(PACKAGE, 'dist');
const DATAKIT = join(DIST, 'assets', 'datakits', 'sqlserver');

/** Source → place in the package. Each must exist: a package without one of them would fail on the user's machine. */
const COPIES: readonly (readonly [string, string])[] = [
  ['packages/cli/bin/towpath.cjs', 'bin/towpath.cjs'],
  ['packages/cli/bin/ensure-node.cjs', 'bin/ensure-node.cjs'],
  ['packages/console/dist', 'dist/assets/console'],
  ['packages/server/src/db/migrations', 'dist/migrations'],
  ['datakits/sqlserver/datakit.yaml', 'dist/assets/datakits/sqlserver/datakit.yaml'],
  ['datakits/sqlserver/bin', 'dist/assets/datakits/sqlserver/bin'],
  ['README.md', 'README.md'],
  ['LICENSE', 'LICENSE'],
];

function copyFiles(): void {
  const missing = COPIES.map(([source]) => source).filter((source) => !existsSync(source));
  if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')} (make pack builds the console first)`);
  for (const [source, target] of COPIES) cpSync(source, join(PACKAGE, target), { recursive: true });
  chmodSync(join(PACKAGE, 'bin/towpath.cjs'), 0o755);
  chmodSync(join(DATAKIT, 'bin/datakit-sqlserver'), 0o755);
}

async function main(): Promise<void> {
  rmSync(PACKAGE, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  copyFiles();
  const inputs = [...(await bundleExecutable(DIST)), ...(await bundleDatakit(join(DATAKIT, 'dist')))];
  writeDeclarations(join(DIST, 'types'));
  writeFileSync(join(PACKAGE, 'THIRD-PARTY-LICENSES.txt'), formatLicences(inputs));
  const manifest = createManifest(JSON.parse(readFileSync('packages/cli/package.json', 'utf8')));
  writeFileSync(join(PACKAGE, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const words = ['pack', `./${PACKAGE}`, '--pack-destination', 'dist', '--ignore-scripts', '--loglevel=error'];
  const name = execFileSync('npm', words, { encoding: 'utf8' }).trim().split('\n').at(-1) ?? '';
  renameSync(join('dist', name), name);
  console.log(name);
}

await main();
