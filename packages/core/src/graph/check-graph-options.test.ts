import { describe, expect, it } from 'vitest';
import { checkGraphOptions } from './check-graph-options.ts';
import type { DatakitGraphTask, Graph } from './graph.ts';

function task(id: string, changes: Partial<DatakitGraphTask> = {}): DatakitGraphTask {
  return {
    id,
    kind: 'datakit',
    datakit: { name: 'shell', version: '1.0.0' },
    argv: ['true'],
    environmentVariables: {},
    dependsOn: [],
    retry: { limit: 0, delaySeconds: 0 },
    timeoutSeconds: 60,
    idempotent: false,
    ...changes,
  };
}

function graph(tasks: readonly DatakitGraphTask[], changes: Partial<Graph> = {}): Graph {
  return { schemaVersion: 1, pipeline: 'daily', description: '', tasks, ...changes };
}

const schedule = {
  name: 'nightly',
  cron: '0 2 * * *',
  timeZone: 'Europe/London',
  overlap: 'forbid',
  catchUp: 'none',
  maxCatchUp: 1,
  startDeadlineSeconds: null,
  parameters: {},
} as const;

describe('checkGraphOptions', () => {
  it('finds nothing where all that is named exists', () => {
    const tasks = [
      task('a', { pool: '_warehouse_', argv: ['load', '--day={{ parameters.day }}', '{{ run.id }}'] }),
      task('b', {
        dependsOn: ['a'],
        inputs: ['a'],
        triggerRule: 'one_failed',
        environmentVariables: { D: '{{ parameters.day }}' },
      }),
    ];
    const parameters = { day: { type: 'string', format: 'date' } } as const;
    const schedules = [{ ...schedule, parameters: { day: '2026-11-25' } }];
    expect(checkGraphOptions(graph(tasks, { parameters, schedules }))).toEqual([]);
  });

  it.each<[string, Graph, string, string]>([
    [
      'a parameter in a word',
      graph([task('a', { argv: ['x', '{{ parameters.day }}'] })]),
      'PLACEHOLDER_UNKNOWN',
      'parameters.day',
    ],
    [
      'a parameter in a variable',
      graph([task('a', { environmentVariables: { X: '{{ run.day }}' } })]),
      'PLACEHOLDER_UNKNOWN',
      'run.day',
    ],
    ['a pool name', graph([task('a', { pool: '-x' })]), 'TASK_POOL_INVALID', '"-x"'],
    [
      'one_failed with nothing that could fail',
      graph([task('a', { triggerRule: 'one_failed' })]),
      'TASK_DEPENDENCY_MISSING',
      'one_failed',
    ],
    ['an input that is no upstream', graph([task('a'), task('b', { inputs: ['a'] })]), 'TASK_INPUT_UNKNOWN', 'a'],
    [
      'a default of the wrong type',
      graph([task('a')], { parameters: { n: { type: 'integer', default: 1.5 } } }),
      'PARAMETER_INVALID',
      'default of n',
    ],
    [
      'two schedules of one name',
      graph([task('a')], { schedules: [schedule, schedule] }),
      'SCHEDULE_INVALID',
      'same name',
    ],
    [
      'a schedule without what the pipeline requires',
      graph([task('a')], { parameters: { day: { type: 'string' } }, schedules: [schedule] }),
      'SCHEDULE_INVALID',
      'day is required',
    ],
    [
      'a schedule with an unknown parameter',
      graph([task('a')], { schedules: [{ ...schedule, parameters: { x: 1 } }] }),
      'SCHEDULE_INVALID',
      '"x"',
    ],
  ])('names %s', (_, wrong, code, word) => {
    const problems = checkGraphOptions(wrong);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code, detail: expect.stringContaining(word) });
  });

  it('names a placeholder once per task, however often it stands there', () => {
    const argv = ['{{ parameters.x }}', '{{ parameters.x }}'];
    expect(checkGraphOptions(graph([task('a', { argv }), task('b', { argv })]))).toHaveLength(2);
  });
});
