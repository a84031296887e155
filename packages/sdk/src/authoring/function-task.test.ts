import { expect, test } from 'vitest';
import { definePipeline, functionTask } from '../index.ts';
import { TASK_FUNCTIONS } from './definitions.ts';

test('a pipeline keeps the functions of its tasks by id, and only names them in its graph', () => {
  const run = () => ({ rows: 1 });
  const task = functionTask({ id: 'count', run, configuration: ['A'], pool: 'p', idempotent: true });
  const pipeline = definePipeline({ name: 'functions', tasks: [task] });
  expect(pipeline[TASK_FUNCTIONS].get('count')).toBe(run);
  expect(pipeline.graph.tasks).toEqual([
    {
      id: 'count',
      kind: 'function',
      module: '',
      export: '',
      configuration: ['A'],
      environmentVariables: {},
      dependsOn: [],
      idempotent: true,
      pool: 'p',
      retry: { limit: 0, delaySeconds: 0 },
      timeoutSeconds: 3600,
    },
  ]);
});

test('mistakes in the options are reported by the pipeline', () => {
  const options = { id: 'a', run: 'no function', configuration: ['NOT A NAME', 7], comand: 'x' };
  // As JavaScript, or with a type checker that nobody asks.
  const task = functionTask(options as never);
  expect(() => definePipeline({ name: 'p', tasks: [task] })).toThrow(
    expect.objectContaining({
      code: 'PIPELINE_INVALID',
      reason: expect.stringMatching(
        /there is no option "comand".*run is a string; write a function.*"NOT A NAME", which is no name.*names 7, which/,
      ),
    }),
  );
});
