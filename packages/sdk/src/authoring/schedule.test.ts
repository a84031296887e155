import { TowpathError } from '@towpath/core';
import { expect, test } from 'vitest';
import { datakitTask, definePipeline, type ScheduleOptions, schedule } from '../index.ts';

const define = (schedules: readonly ScheduleOptions[]) =>
  definePipeline({
    name: 'daily',
    parameters: { region: { type: 'string', enum: ['eu', 'us'] } },
    tasks: [datakitTask({ id: 'load', datakit: { name: 'shell', version: '1.0.0' }, command: 'true' })],
    schedules: schedules.map(schedule),
  });

test('a schedule needs only cron; the rest has defaults', () => {
  const { graph } = define([{ cron: '30 2 * * *', parameters: { region: 'eu' } }]);
  expect(graph.schedules).toEqual([
    {
      name: 'default',
      cron: '30 2 * * *',
      timeZone: 'UTC',
      overlap: 'forbid',
      catchUp: 'latest',
      maxCatchUp: 10,
      startDeadlineSeconds: null,
      parameters: { region: 'eu' },
    },
  ]);
});

test('a pipeline without schedules has the graph it always had', () => {
  const tasks = [datakitTask({ id: 'load', datakit: { name: 'shell', version: '1.0.0' }, command: 'true' })];
  expect(definePipeline({ name: 'daily', tasks }).graph).not.toHaveProperty('schedules');
});

test('all mistakes of all schedules are reported together', () => {
  // As JavaScript may say it: nobody checks types when a pipeline is loaded.
  const wrong = {
    cron: '0 0 30 2 *',
    timeZone: 'Mars',
    overlap: 'allow',
    catchup: 'all',
  } as unknown as ScheduleOptions;
  const reason = catchReason(() =>
    define([wrong, { cron: '0 0 * * *', maxCatchUp: 0, parameters: { region: 'moon' } }]),
  );
  for (const part of [
    'schedule default: there is no option "catchup"; there are name, cron,',
    'schedule default: cron "0 0 30 2 *": no such day ever comes',
    'schedule default: time zone "Mars": not an IANA name',
    'schedule default: overlap is "allow"; there are forbid, queue, replace',
    'schedule default: maxCatchUp is 0',
    'schedule default: parameters: ',
    'schedule default: another schedule has the same name',
  ]) {
    expect(reason).toContain(part);
  }
});

function catchReason(act: () => unknown): string {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof TowpathError) return thrown.reason ?? '';
    throw thrown;
  }
  throw new Error('nothing was thrown');
}
