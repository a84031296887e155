// Type-checks every part of the repository that has a tsconfig.json, two at a time. One that is also built without its tests (the
// console) has them in a tsconfig.testing.json.

import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** More at once only share the same two cores of a small CI machine. */
const PARALLEL = 2;

const COMPILER = join('node_modules', 'typescript', 'bin', 'tsc');

function listProjects(): string[] {
  const parents = ['packages', 'datakits', 'examples'];
  const parts = parents.flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)));
  const files = ['tsconfig.json', 'tsconfig.testing.json'];
  return [...parts, 'scripts']
    .flatMap((part) => files.map((file) => join(part, file)))
    .filter((path) => existsSync(path));
}

function compile(project: string): Promise<void> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMPILER, '-p', project], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) {
        process.exitCode = 1;
        console.error(`types of ${project}:\n${stdout}${stderr}`);
      }
      resolve();
    });
  });
}

async function main(): Promise<void> {
  const waiting = listProjects();
  const worker = async (): Promise<void> => {
    for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) await compile(project);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

await main();
