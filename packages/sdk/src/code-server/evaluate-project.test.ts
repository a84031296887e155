import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertNoOrphans } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { evaluateProject } from '../index.ts';

// Projects in tests lie outside the repository, so they import the sdk by its path.
const SDK = fileURLToPath(new URL('../index.ts', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('../../../../examples/sqlserver-bronze/', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'project-')));
});
afterEach(async () => {
  await assertNoOrphans(folder);
  await rm(folder, { recursive: true });
});

const evaluate = (timeoutMs = 20_000) => evaluateProject({ folder, timeoutMs });

test('the example evaluates to one pipeline with a task per table', async () => {
  const { pipelines, error } = await evaluateProject({ folder: EXAMPLE, timeoutMs: 20_000 });
  expect(error).toBeNull();
  expect(pipelines.map(({ sourceFile, graph }) => [sourceFile, graph.pipeline])).toEqual([
    ['pipelines/sqlserver-bronze.ts', 'sqlserver-bronze'],
  ]);
  expect(pipelines[0]?.graph.tasks.map(({ id }) => id)).toEqual([
    'ingest-dbo-customer',
    'ingest-dbo-orders',
    'ingest-dbo-products',
  ]);
});

test('every export that is a pipeline is registered once, from nested folders and .mjs files too', async () => {
  await write('pipelines/one.ts', `${pipeline('one')}\nexport const named = p;\nexport const other = 42;`);
  await write('pipelines/deep/er/two.mjs', pipeline('two'));
  await write('pipelines/two.test.ts', pipeline('not-this-one'));
  await write('pipelines/.one.ts.swp.ts', pipeline('nor-this'));
  const { pipelines, error } = await evaluate();
  expect(error).toBeNull();
  expect(pipelines.map(({ sourceFile, graph }) => [sourceFile, graph.pipeline])).toEqual([
    ['pipelines/deep/er/two.mjs', 'two'],
    ['pipelines/one.ts', 'one'],
  ]);
});

test('what author code prints, starts or leaves open does not disturb the result', async () => {
  const noise = `
    import { spawn } from 'node:child_process';
    console.log('{"pipelines":[]}'); console.error('x'.repeat(300_000)); process.stdout.write('y'.repeat(300_000));
    setInterval(() => {}, 1000);
    spawn('sleep', ['1000'], { cwd: ${JSON.stringify(folder)}, stdio: 'inherit' });`;
  await write('pipelines/noisy.ts', pipeline('noisy') + noise);
  const { pipelines } = await evaluate();
  expect(pipelines.map(({ graph }) => graph.pipeline)).toEqual(['noisy']);
});

test('author code sees PATH and nothing else of our environment', async () => {
  process.env.SECRET_OF_THE_AGENT = 'canary';
  await write('pipelines/spy.ts', `throw new Error('seen: ' + Object.keys(process.env).sort().join());`);
  const { error } = await evaluate();
  delete process.env.SECRET_OF_THE_AGENT;
  expect(error?.cause).toContain('Error: seen: PATH\n');
});

test('an error thrown by a module names file, line and column and shows the line', async () => {
  await write('pipelines/broken.ts', 'const tables: string[] = [];\n\n  undefinedName.map(tables);\n');
  const { pipelines, error } = await evaluate();
  expect(pipelines).toEqual([]);
  expect(error).toEqual({
    code: 'PIPELINE_MODULE_FAILED',
    message: "pipelines/broken.ts can't be loaded.",
    cause:
      'ReferenceError: undefinedName is not defined\n  at pipelines/broken.ts:3:3\n  3 |   undefinedName.map(tables);',
  });
});

test('a syntax error names its place', async () => {
  await write('pipelines/broken.ts', 'const a = 1;\nconst b: = 2;\n');
  expect((await evaluate()).error?.cause).toMatch(/at pipelines\/broken.ts:2:10\n {2}2 \| const b: = 2;$/);
});

test('a refused definition keeps its code and points at the line that made it', async () => {
  await write('pipelines/bad.ts', pipeline('Not A Name'));
  const { error } = await evaluate();
  expect(error?.code).toBe('PIPELINE_INVALID');
  expect(error?.cause).toMatch(/the name "Not A Name" is not allowed .*\n {2}at pipelines\/bad.ts:2:11\n/);
});

test('two pipelines of one name are refused with both files', async () => {
  await write('pipelines/a.ts', pipeline('same'));
  await write('pipelines/b.ts', pipeline('same'));
  const { error } = await evaluate();
  expect(error?.code).toBe('PIPELINE_NAME_DUPLICATE');
  expect(error?.cause).toBe('They are defined in pipelines/a.ts and in pipelines/b.ts.');
});

test('a module that never ends loading is killed at the time limit', async () => {
  await write('pipelines/loop.ts', 'for (;;) {}');
  expect((await evaluate(1500)).error?.code).toBe('CODE_SERVER_TIMED_OUT');
});

test('a module that ends the process, or waits for nothing, is an error', async () => {
  await write('pipelines/exit.ts', `console.error('bye'); process.exit(3);`);
  const ended = await evaluate();
  expect(ended.error).toMatchObject({ code: 'CODE_SERVER_ENDED' });
  expect(ended.error?.cause).toContain('exit code 3');
  expect(ended.error?.cause).toContain('bye');
  await write('pipelines/exit.ts', 'await new Promise(() => {});');
  expect((await evaluate()).error?.cause).toContain('exit code 13');
});

test('the source hash follows every byte and name, and nothing else', async () => {
  await write('pipelines/a.ts', pipeline('a'));
  const first = await evaluate();
  const again = await evaluate();
  await write('pipelines/b.ts', '');
  const withFile = await evaluate();
  expect(again.sourceHash).toBe(first.sourceHash);
  expect(withFile.sourceHash).not.toBe(first.sourceHash);
});

test('a project without pipelines is empty, not an error', async () => {
  expect(await evaluate()).toMatchObject({ pipelines: [], error: null });
});

test('a function is found again by module and export, and one that nobody exports is an error', async () => {
  const tasks = `tasks: [functionTask({ id: 'f', configuration: ['A'], run: () => ({}) })]`;
  const head = `import { definePipeline, functionTask } from ${JSON.stringify(SDK)};`;
  await write(
    'pipelines/f.ts',
    `${head}\nexport const named = definePipeline({ name: 'f', ${tasks} });\nexport { named as other };`,
  );
  const { pipelines, error } = await evaluate();
  expect(error).toBeNull();
  expect(pipelines.map(({ graph }) => graph.tasks)).toMatchObject([
    [{ kind: 'function', module: 'pipelines/f.ts', export: 'named', configuration: ['A'] }],
  ]);
  await write('pipelines/hidden.ts', `${head}\nconst p = definePipeline({ name: 'hidden', ${tasks} });`);
  expect(await evaluate()).toMatchObject({ pipelines: [], error: { code: 'PIPELINE_NOT_EXPORTED' } });
});

test('what modules import of the project is listed and hashed, also when it is not there yet', async () => {
  await write('lib/deep.ts', 'export const x = 1;');
  await write('lib/names.ts', `export { x } from './deep.ts';`);
  await write('pipelines/a.ts', `import '../lib/names.ts';\n${pipeline('a')}`);
  const first = await evaluate();
  expect(first.modules).toEqual(['lib/deep.ts', 'lib/names.ts', 'pipelines/a.ts']);
  await write('lib/deep.ts', 'export const x = 2;');
  expect((await evaluate()).sourceHash).not.toBe(first.sourceHash);
  await write('lib/names.ts', `import './missing.ts';`);
  expect((await evaluate()).modules).toContain('lib/missing.ts');
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

function pipeline(name: string): string {
  return `import { datakitTask, definePipeline } from ${JSON.stringify(SDK)};
const p = definePipeline({ name: '${name}', tasks: [datakitTask({ id: 't', datakit: { name: 'd', version: '1' }, command: 'x' })] });
export default p;`;
}
