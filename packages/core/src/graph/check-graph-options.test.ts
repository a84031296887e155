import { describe, expect, it } from 'vitest';
import { checkGraphOptions } from './check-graph-options.ts';
import type { Graph } from './graph.ts';
import { buildGraph, buildGraphTask, NIGHTLY } from './testing/build-graph.ts';

describe('checkGraphOptions', () => {
  it('finds nothing where all that is named exists', () => {
    const tasks = [
      buildGraphTask('a', { pool: '_warehouse_', argv: ['load', '--day={{ parameters.day }}', '{{ run.id }}'] }),
      buildGraphTask('b', {
        dependsOn: ['a'],
        inputs: ['a'],
        triggerRule: 'one_failed',
        environmentVariables: { D: '{{ parameters.day }}' },
      }),
    ];
    const parameters = { day: { type: 'string', format: 'date' } } as const;
    const schedules = [{ ...NIGHTLY, parameters: { day: '2026-11-25' } }];
    expect(checkGraphOptions(buildGraph(tasks, { parameters, schedules }))).toEqual([]);
  });

  it.each<[string, Graph, string, string]>([
    [
      'a parameter in a word',
      buildGraph([buildGraphTask('a', { argv: ['x', '{{ parameters.day }}'] })]),
      'PLACEHOLDER_UNKNOWN',
      'parameters.day',
    ],
    [
      'a parameter in a variable',
      buildGraph([buildGraphTask('a', { environmentVariables: { X: '{{ run.day }}' } })]),
      'PLACEHOLDER_UNKNOWN',
      'run.day',
    ],
    ['a pool name', buildGraph([buildGraphTask('a', { pool: '-x' })]), 'TASK_POOL_INVALID', '"-x"'],
    [
      'one_failed with nothing that could fail',
      buildGraph([buildGraphTask('a', { triggerRule: 'one_failed' })]),
      'TASK_DEPENDENCY_MISSING',
      'one_failed',
    ],
    [
      'an input that is no upstream',
      buildGraph([buildGraphTask('a'), buildGraphTask('b', { inputs: ['a'] })]),
      'TASK_INPUT_UNKNOWN',
      'a',
    ],
    [
      'a default of the wrong type',
      buildGraph([buildGraphTask('a')], { parameters: { n: { type: 'integer', default: 1.5 } } }),
      'PARAMETER_INVALID',
      'default of n',
    ],
    [
      'two schedules of one name',
      buildGraph([buildGraphTask('a')], { schedules: [NIGHTLY, NIGHTLY] }),
      'SCHEDULE_INVALID',
      'same name',
    ],
    [
      'a NIGHTLY without what the pipeline requires',
      buildGraph([buildGraphTask('a')], { parameters: { day: { type: 'string' } }, schedules: [NIGHTLY] }),
      'SCHEDULE_INVALID',
      'day is required',
    ],
    [
      'a NIGHTLY with an unknown parameter',
      buildGraph([buildGraphTask('a')], { schedules: [{ ...NIGHTLY, parameters: { x: 1 } }] }),
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
    expect(checkGraphOptions(buildGraph([buildGraphTask('a', { argv }), buildGraphTask('b', { argv })]))).toHaveLength(
      2,
    );
  });
});
