import { describe, expect, it } from 'vitest';
import type { ScheduleDefinition } from '../graph/graph.ts';
import { checkSchedule } from './check-schedule.ts';

function createSchedule(changes: Partial<ScheduleDefinition>): ScheduleDefinition {
  return {
    name: 'default',
    cron: '30 2 * * *',
    timeZone: 'Europe/London',
    overlap: 'forbid',
    catchUp: 'latest',
    maxCatchUp: 10,
    startDeadlineSeconds: null,
    parameters: {},
    ...changes,
  };
}

describe('checkSchedule', () => {
  it.each(['30 2 * * *', '*/5 8-18 * * MON-FRI', '0 0 1 jan,jul *', '0 0 29 2 *', ' 0  0 * * 7 '])(
    '%j is cron',
    (cron) => {
      expect(checkSchedule(createSchedule({ cron }), {})).toEqual([]);
    },
  );

  it.each([
    ['0 30 2 * * *', /six fields; there is none for seconds/],
    ['30 2 * *', /needs five fields/],
    ['@daily', /needs five fields/],
    ['', /needs five fields/],
    ['0 0 30 2 *', /no such day ever comes/],
    ['0 0 31 4,6 *', /no such day ever comes/],
    ['60 * * * *', /Invalid value for minute: 60/],
    ['0 0 L * *', /"L" is not plain cron/],
    ['0 0 ? * *', /"\?" is not plain cron/],
    ['0 0 * * 5#1', /"5#1" is not plain cron/],
    ['0 0 1W * *', /"1W" is not plain cron/],
    ['0 MON * * *', /"MON" is not plain cron/],
    ['5-1 * * * *', /larger/],
    ['*/0 * * * *', /illegal stepping/],
    ['1,,2 * * * *', /empty/],
  ])('cron %j is refused', (cron, why) => {
    const problems = checkSchedule(createSchedule({ cron }), {});
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(why);
  });

  it.each(['+02:00', 'Europe/Nowhere', '', 'London', '../etc'])('time zone %j is refused', (timeZone) => {
    expect(checkSchedule(createSchedule({ timeZone }), {})).toEqual([
      `time zone ${JSON.stringify(timeZone)}: not an IANA name such as Europe/London`,
    ]);
  });

  it('all problems are listed together', () => {
    const schedule = createSchedule({
      name: 'Not A Name',
      cron: '0 0 30 2 *',
      timeZone: 'Mars',
      overlap: 'replace',
      catchUp: 'all',
      maxCatchUp: 0,
      startDeadlineSeconds: 0,
      parameters: { day: 'x' },
    });
    expect(checkSchedule(schedule, {})).toHaveLength(7);
  });
});
