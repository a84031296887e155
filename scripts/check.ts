// `npm run check`: every static check, one line each, the output of those that fail. With --count the last line is
// `N passed, N failed` for .ci/run.

import { spawnSync } from 'node:child_process';

const NODE = process.execPath;

const CHECKS: Readonly<Record<string, readonly string[]>> = {
  'format and lint (biome)': [NODE, 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  'types of every package': [NODE, 'scripts/checks/check-types.ts'],
  'imports, shape, doc comments, escapes': [NODE, 'scripts/checks/check-sources.ts'],
  'dead code and unused dependencies (knip)': [NODE, 'node_modules/knip/bin/knip.js', '--no-progress'],
};

function runCheck(name: string, words: readonly string[]): boolean {
  const [command = NODE, ...args] = words;
  const start = performance.now();
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const isGood = result.status === 0;
  console.log(`${isGood ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (!isGood) console.log(`${result.stdout}${result.stderr}${result.error?.message ?? ''}`);
  return isGood;
}

const results = Object.entries(CHECKS).map(([name, words]) => runCheck(name, words));
const failed = results.filter((isGood) => !isGood).length;
if (process.argv.includes('--count')) console.log(`${results.length - failed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
