// docs/tutorials/morning-report.md, executed on examples/morning-report: its commands in its order, and its edits.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ListPipelines, ListPools, StartRun } from '@towpath/api';
import { splitCommand } from '@towpath/core';
import { assertNoOrphans, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DevProcess, readWholeLog, runTowpath, startDev, stopDev, waitForRunEnd } from './support/instance.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const PAGE = readFileSync(join(REPOSITORY, 'docs/tutorials/morning-report.md'), 'utf8');

/** What each command of the page prints and ends with, in its order. */
const EXPECTED: readonly (readonly [code: number, output: RegExp])[] = [
  [0, /^\[LOCAL\] function=pipelines\/morning-report\.ts#report .*\nReport for \d{4}-\d\d-\d\d\n +\d+ rows {2}ingest-/],
  [0, /alarm +skipped[\s\S]*succeeded/],
  [0, /\ningest-dbo-products has 16 rows\n/],
  [1, /report +failed[\s\S]*farewell +succeeded/],
  [0, /\nError: only \d+ rows landed; 1000000 were expected\n {4}at run \(pipelines\/morning-report\.ts:\d+:\d+\)\n/],
  [0, /\nmorning-report-local #3 needs somebody\n$/],
];

/** Which line each edit of the page takes the place of. */
const EDITS: readonly (readonly [path: string, line: RegExp])[] = [
  ['lib/report.ts', /^ {2}return ordered\.map.*\n/m],
  ['pipelines/morning-report.ts', /^ {4}minimumRows: .*\n/m],
];

let project: TestProject;
let dev: DevProcess;

beforeAll(async () => {
  project = createTestProject('report');
  cpSync(join(REPOSITORY, 'examples/morning-report'), project.folder, { recursive: true });
  dev = await startDev(project);
});

afterAll(async () => {
  await stopDev(dev);
  await assertNoOrphans(project.folder);
  project.remove();
});

it('the example runs at the first start, with the pool it declares and the parameter it takes', async () => {
  const { pools } = await dev.client.call(ListPools, {});
  expect(pools).toMatchObject([{ name: 'source', slots: 2 }]);
  const body = { pipeline: 'morning-report', environment: 'local', parameters: { minimumRows: 'many' } };
  await expect(dev.client.call(StartRun, { body })).rejects.toMatchObject({ code: 'PARAMETERS_INVALID', status: 400 });
});

it('every command of the morning report does what the page says', async () => {
  const blocks = [...PAGE.matchAll(/```(sh|ts)\n([\s\S]*?)```/g)].map(([, language, text = '']) => ({
    language,
    text,
  }));
  const [start, ...rest] = blocks;
  expect(start?.text).toBe('npx towpath dev\n');
  const expected = [...EXPECTED];
  const edits = [...EDITS];
  for (const { language, text } of rest) {
    if (language === 'ts') await applyEdit(text, edits.shift());
    else await runCommand(text.trim(), expected.shift());
  }
  expect([expected, edits]).toEqual([[], []]);
});

it('a run that expects more rows than there are fails by its parameter', async () => {
  const body = { pipeline: 'morning-report', environment: 'local', parameters: { minimumRows: 5 } };
  const started = await dev.client.call(StartRun, { body });
  const run = await waitForRunEnd(dev.client, started.id);
  expect(run.state).toBe('succeeded');
  const attempt = run.tasks.find(({ id }) => id === 'farewell')?.attempts[0];
  expect(await readWholeLog(dev.client, attempt?.id ?? '')).toMatch(/\n\d+ rows, good morning\.\n$/);
});

async function runCommand(line: string, expected: (typeof EXPECTED)[number] | undefined): Promise<void> {
  const [npx, towpath, ...args] = splitCommand(line);
  expect([npx, towpath]).toEqual(['npx', 'towpath']);
  const answer = await runTowpath(project, args);
  const [code, output] = expected ?? [0, /^no expectation$/];
  expect(answer, `${line}\n${answer.stderr}`).toMatchObject({ code, stdout: expect.stringMatching(output) });
}

/** The page shows the line as it should be; the file's own is replaced by it. */
async function applyEdit(text: string, edit: (typeof EDITS)[number] | undefined): Promise<void> {
  const [path, line] = edit ?? ['', /^/];
  const listHashes = async () =>
    (await dev.client.call(ListPipelines, {})).codeLocations.map((code) => code.sourceHash);
  const before = await listHashes();
  const content = readFileSync(join(project.folder, path), 'utf8');
  expect(content).toMatch(line);
  project.write(
    path,
    content.replace(line, () => text),
  );
  await waitFor('the edit to be registered', 30_000, async () => (await listHashes())[0] !== before[0]);
}
