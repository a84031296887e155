// docs/tutorials/second-environment.md, executed: its commands in its order by a shell, its file, with the ports of this test.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { assertNoOrphans, type SpawnedProcess, spawnProcess } from '@towpath/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DevProcess, startDev, stopDev } from './support/instance.ts';
import { createTestProject, type TestProject, TOWPATH } from './support/test-project.ts';

const PAGE = readFileSync(new URL('../docs/tutorials/second-environment.md', import.meta.url), 'utf8');

/** What each command that ends prints, and its exit code, in the order of the page. */
const EXPECTED: readonly (readonly [command: RegExp, code: number, stream: 'stdout' | 'stderr', output: RegExp])[] = [
  [/^npx towpath init /, 0, 'stdout', /Done\. Next:/],
  [/ detect /, 0, 'stdout', /^local \(local\)\ndecided by defaultEnvironment\n/],
  [
    /^ENVIRONMENT=int .* run /,
    1,
    'stderr',
    /ENVIRONMENT_FILE_MISSING[\s\S]*cp config\/\.env\.example config\/\.env\.int/,
  ],
  [/ validate /, 0, 'stdout', /^int: no problem\.\n$/],
  [/ apply /, 0, 'stdout', /int: added\n[\s\S]*Applied\.\n$/],
  [/ claim /, 0, 'stdout', /^\[INT\] bronze \(.*int_bronze.*\) belongs to int\.\n$/],
  [/^ENVIRONMENT=int .* run /, 0, 'stdout', /^sqlserver-bronze-int #1 started[\s\S]*succeeded/],
  [/ sql int_bronze /, 0, 'stdout', /^count\n16\n/],
  [/ runs$/, 0, 'stdout', /sqlserver-bronze-int #1 +succeeded[\s\S]*sqlserver-bronze-local #1 +succeeded/],
  [/^npx towpath run /, 0, 'stderr', /^\[LOCAL\] is the default environment; ENVIRONMENT is not set\.\n$/],
  [/ show int$/, 0, 'stdout', /^\[INT\] shared\n[\s\S]*BRONZE_DATABASE +int_bronze +computed/],
];

let project: TestProject;
let dev: DevProcess;
let agent: SpawnedProcess | undefined;

beforeAll(() => {
  project = createTestProject('second');
  rmSync(join(project.folder, 'towpath.yaml'));
  // `npx towpath` as an installed package answers it.
  project.write('bin/npx', `#!/bin/sh\nshift\nexec "${process.execPath}" "${TOWPATH}" "$@"\n`, 0o755);
  mkdirSync(join(project.folder, 'config'));
});

afterAll(async () => {
  agent?.killGroup('SIGINT');
  await agent?.waitForExit(30_000);
  await stopDev(dev);
  await assertNoOrphans(project.folder);
  project.remove();
});

function spawnLine(line: string): Promise<SpawnedProcess> {
  const PATH = `${join(project.folder, 'bin')}${delimiter}${process.env.PATH}`;
  return spawnProcess({ command: '/bin/sh', args: ['-c', line], cwd: project.folder, env: { PATH } });
}

it('every command of the page does what it says', async () => {
  const expected = [...EXPECTED];
  for (const [, language, text = ''] of PAGE.matchAll(/```(sh|ini)\n([\s\S]*?)```/g)) {
    if (language === 'ini') writeValues(text);
    else if (text.startsWith('npx towpath dev ')) dev = await startDev(project, text.trim().split(' ').slice(3));
    else if (text.includes(' agent --environment ')) await startAgent(text);
    else await runLine(text.trim(), expected.shift());
  }
  expect(expected).toEqual([]);
  const [shown = ''] = /Also {5}int: .*\n {2}Source.*\n/.exec(PAGE) ?? [];
  expect(dev.process.output()).toContain(shown.replace(':1433', `:${dev.record.mock.port}`));
}, 300_000);

function writeValues(text: string): void {
  const { warehouse, mock } = dev.record;
  project.write('config/.env.int', text.replace('=1433', `=${mock.port}`).replace('=5432', `=${warehouse.port}`));
}

async function startAgent(text: string): Promise<void> {
  agent = await spawnLine(text.trim().replace('http://127.0.0.1:8080', dev.record.url));
  await agent.waitForOutput(/pipelines loaded/, 60_000);
}

async function runLine(line: string, expected: (typeof EXPECTED)[number] | undefined): Promise<void> {
  const [command, code, stream, output] = expected ?? [/^nothing$/, 0, 'stdout', /^/];
  expect(line).toMatch(command);
  const spawned = await spawnLine(line);
  const ended = await spawned.waitForExit(60_000);
  expect(ended.code, `${line}\n${spawned.output()}`).toBe(code);
  expect(spawned[stream](), line).toMatch(output);
}
