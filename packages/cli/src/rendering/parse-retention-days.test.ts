import { expect, test } from 'vitest';
import { parseRetentionDays, readRetentionDays } from './parse-retention-days.ts';

test.each([
  ['90', 90],
  ['0', 0],
  ['never', 0],
  ['36500', 36_500],
])('%s means %i days', (text, days) => {
  expect(parseRetentionDays(text)).toBe(days);
  expect(readRetentionDays({ TOWPATH_RETENTION_DAYS: text })).toBe(days);
});

test.each(['-1', '1.5', '90d', 'Never', '36501', ' '])(
  '%j is refused, so that nothing is deleted by mistake',
  (text) => {
    expect(() => parseRetentionDays(text)).toThrow('number of days');
    expect(() => readRetentionDays({ TOWPATH_RETENTION_DAYS: text })).toThrow(
      expect.objectContaining({ code: 'RETENTION_DAYS_INVALID' }),
    );
  },
);

test('an unset or empty variable leaves it to the server', () => {
  expect([readRetentionDays({}), readRetentionDays({ TOWPATH_RETENTION_DAYS: '' })]).toEqual([undefined, undefined]);
});
