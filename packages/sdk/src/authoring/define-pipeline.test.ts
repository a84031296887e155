import { TowpathError } from '@towpath/core';
import { expect, test } from 'vitest';
import { datakitTask, definePipeline } from '../index.ts';

const DATAKIT = { name: 'sqlserver-bronze', version: '0.1.0' };

test('a task needs only id, datakit and command; the rest has defaults', () => {
  const task = datakitTask({ id: 'load', datakit: 'sqlserver-bronze', version: '0.1.0', command: 'run it' });
  const { graph } = definePipeline({ name: 'small', tasks: [task] });
  expect(graph).toEqual({
    schemaVersion: 1,
    pipeline: 'small',
    description: '',
    tasks: [
      {
        id: 'load',
        kind: 'datakit',
        datakit: DATAKIT,
        argv: ['run', 'it'],
        environmentVariables: {},
        dependsOn: [],
        retry: { limit: 0, delaySeconds: 0 },
        timeoutSeconds: 3600,
        idempotent: false,
      },
    ],
  });
});

test('a command given as one line is split as a shell splits words, given as a list it is taken as it is', () => {
  const line = datakitTask({ id: 'a', datakit: DATAKIT, command: `datakit-sqlserver ingest-table '[odd name].[a.b]'` });
  const list = datakitTask({ id: 'b', datakit: DATAKIT, command: ['datakit-sqlserver', "it's $HOME"] });
  expect(line.task).toHaveProperty('argv', ['datakit-sqlserver', 'ingest-table', '[odd name].[a.b]']);
  expect(list.task).toHaveProperty('argv', ['datakit-sqlserver', "it's $HOME"]);
});

test('a dependency may be the task itself or its id', () => {
  const first = datakitTask({ id: 'first', datakit: DATAKIT, command: 'one' });
  const second = datakitTask({ id: 'second', datakit: DATAKIT, command: 'two', dependsOn: [first] });
  const third = datakitTask({ id: 'third', datakit: DATAKIT, command: 'three', dependsOn: ['second', first] });
  const { graph } = definePipeline({ name: 'chain', tasks: [third, first, second] });
  expect(graph.tasks.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
    ['third', ['second', 'first']],
    ['first', []],
    ['second', ['first']],
  ]);
});

test('retry and time limit of the pipeline hold for tasks that name none', () => {
  const own = { retry: { limit: 5, delaySeconds: 9 }, timeoutSeconds: 10 };
  const tasks = [
    datakitTask({ id: 'plain', datakit: DATAKIT, command: 'x' }),
    datakitTask({ id: 'own', datakit: DATAKIT, command: 'x', ...own }),
  ];
  const { graph } = definePipeline({ name: 'p', tasks, retry: { limit: 2, delaySeconds: 1 }, timeoutSeconds: 60 });
  expect(graph.tasks[0]).toMatchObject({ retry: { limit: 2, delaySeconds: 1 }, timeoutSeconds: 60 });
  expect(graph.tasks[1]).toMatchObject(own);
});

test('all mistakes of a pipeline are reported together', () => {
  const tasks = [
    datakitTask({ id: 'twice', datakit: DATAKIT, command: 'x' }),
    datakitTask({ id: 'twice', datakit: DATAKIT, command: 'x', dependsOn: ['nowhere'] }),
    datakitTask({ id: 'Bad Id', datakit: 'unversioned', command: `open 'quote` }),
    datakitTask({
      id: 'empty',
      datakit: DATAKIT,
      command: '',
      timeoutSeconds: 0,
      retry: { limit: -1, delaySeconds: 0 },
    }),
    datakitTask({ id: 'variable', datakit: DATAKIT, command: 'x', environmentVariables: { 'A-B': '1' } }),
  ];
  const error = catchError(() => definePipeline({ name: 'Broken!', tasks }));
  expect(error.code).toBe('PIPELINE_INVALID');
  for (const part of [
    'two tasks have the id twice',
    'task twice depends on nowhere, which is not in this pipeline',
    'the task id "Bad Id" is not allowed',
    'datakit unversioned has no version',
    'a single quote is never closed',
    'task empty: the command has no words',
    'timeoutSeconds is 0',
    'retry.limit is -1',
    'the name "Broken!" is not allowed',
    'environment variable "A-B"',
  ]) {
    expect(error.reason).toContain(part);
  }
});

test('a mistyped option of a retry is named', () => {
  // Not type-checked: pipelines are read without a type checker.
  const retry = { limit: 1, delaySeconds: 1, facotr: 2 };
  const error = catchError(() =>
    definePipeline({ name: 'p', tasks: [datakitTask({ id: 'a', datakit: DATAKIT, command: 'x', retry })] }),
  );
  expect(error.reason).toContain('retry: there is no option "facotr"; there are limit, delaySeconds, factor');
});

test('what no server takes is refused here, where the line is known', () => {
  const task = (id: string, more: Partial<Parameters<typeof datakitTask>[0]>) =>
    datakitTask({ id, datakit: DATAKIT, command: 'x', ...more });
  const tasks = [
    task('value', { environmentVariables: { LONG: 'x'.repeat(32_769), NUL: 'a\0b', HALF: '\ud800' } }),
    task('word', { command: ['x', 'y'.repeat(32_769), 'a\0'] }),
    task('words', { command: Array.from({ length: 1001 }, () => 'x') }),
    task('name', { datakit: { name: 'd'.repeat(64), version: '1'.repeat(65) } }),
  ];
  const error = catchError(() => definePipeline({ name: 'p', description: 'x'.repeat(4097), tasks }));
  expect(error.reason?.split('; ')).toEqual([
    'the description has 4097 characters, more than 4096',
    'task value: environment variable LONG has 32769 characters, more than 32768',
    'task value: environment variable NUL contains a NUL character',
    'task value: environment variable HALF contains half a character (a lone surrogate)',
    'task word: word 2 of the command has 32769 characters, more than 32768',
    'task word: word 3 of the command contains a NUL character',
    'task words: the command has 1001 words, more than 1000',
    "task name: the datakit's name has 64 characters, more than 63",
    "task name: the datakit's version has 65 characters, more than 64",
  ]);
  const longest = task('a', { environmentVariables: { V: 'x'.repeat(32_768) } });
  expect(definePipeline({ name: 'p', description: 'x'.repeat(4096), tasks: [longest] }).name).toBe('p');
});

test('a circle of dependencies is refused with its tasks', () => {
  const tasks = ['a', 'b', 'c'].map((id, at, ids) =>
    datakitTask({ id, datakit: DATAKIT, command: 'x', dependsOn: [ids[(at + 1) % 3] ?? ''] }),
  );
  expect(catchError(() => definePipeline({ name: 'circle', tasks })).reason).toContain('in a circle: a, b, c');
});

test('an option that nothing reads is refused, not left out', () => {
  const mistyped = { id: 'a', datakit: DATAKIT, command: 'x', idempotant: true };
  const options = { name: 'p', tasks: [datakitTask(mistyped)], retries: 3 };
  const { reason } = catchError(() => definePipeline(options));
  expect(reason).toContain('there is no option "retries"; there are name, description,');
  expect(reason).toContain('task a: there is no option "idempotant"; there are id,');
});

function catchError(act: () => unknown): TowpathError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof TowpathError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}
