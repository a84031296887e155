// docs/tutorials/first-morning.md, executed: its commands in its order, its edit, on the example it speaks of.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { splitCommand } from '@towpath/core';
import { assertNoOrphans, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DevProcess, runTowpath, startDev, stopDev } from './support/instance.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const PAGE = readFileSync(join(REPOSITORY, 'docs/tutorials/first-morning.md'), 'utf8');
const PIPELINE = 'pipelines/sqlserver-bronze.ts';

/** What each command of the page prints, besides ending with exit code 0. */
const EXPECTED: readonly (readonly [command: RegExp, output: RegExp])[] = [
  [/COUNT\(\*\) FROM bronze\.dbo_products/, /^count\n16\n/],
  [/_source_schema/, /dbo +Customer +10/],
  [/towpath runs/, /sqlserver-bronze-local #1 +succeeded/],
  [/towpath logs/, /\[LOCAL\] datakit=sqlserver-bronze/],
  [/towpath pipelines/, /sqlserver-bronze +local +4/],
  [/towpath run /, /ingest-dbo-suppliers +succeeded/],
  [/dbo_suppliers/, /^count\n[1-9]\d*\n/],
  [/towpath doctor/, /No problem found/],
];

let project: TestProject;
let dev: DevProcess;

beforeAll(async () => {
  project = createTestProject('tutorial');
  cpSync(join(REPOSITORY, 'examples/sqlserver-bronze'), project.folder, { recursive: true });
  dev = await startDev(project);
});

afterAll(async () => {
  await stopDev(dev);
  await assertNoOrphans(project.folder);
  project.remove();
});

it('A77 A94 every command of the first morning does what the page says', async () => {
  const blocks = [...PAGE.matchAll(/```(sh|ts)\n([\s\S]*?)```/g)].map(([, language, text = '']) => ({
    language,
    text,
  }));
  const [start, ...rest] = blocks;
  expect(start?.text).toBe('make dev\n');
  expect(rest.filter(({ language }) => language === 'sh')).toHaveLength(EXPECTED.length);
  for (const { language, text } of rest) {
    if (language === 'ts') await applyEdit(text);
    else await runCommand(text.trim());
  }
});

async function runCommand(line: string): Promise<void> {
  const [npx, towpath, ...args] = splitCommand(line);
  expect([npx, towpath]).toEqual(['npx', 'towpath']);
  const answer = await runTowpath(project, args);
  const expected = EXPECTED.find(([command]) => command.test(line))?.[1];
  expect(expected, `no expectation for: ${line}`).toBeDefined();
  expect(answer, `${line}\n${answer.stderr}`).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(expected ?? /^/),
  });
}

/** The page shows the list as it should be; the file's own list is replaced by it. */
async function applyEdit(list: string): Promise<void> {
  const before = readFileSync(join(project.folder, PIPELINE), 'utf8');
  const after = before.replace(/const TABLES_TO_INGEST = \[[\s\S]*?\](?: as const)?;\n/, list);
  expect(after).not.toBe(before);
  project.write(PIPELINE, after);
  await waitFor('the fourth task', 30_000, async () => {
    const { stdout } = await runTowpath(project, ['pipelines']);
    return /sqlserver-bronze +local +4/.test(stdout);
  });
}
