import { expect, it } from 'vitest';
import { formatLogError } from './run-progress.ts';

it('the last error of a log is quoted with its why and fix', () => {
  const log =
    'working\nerror OLD: first\n  why: a\nagain\nerror TABLE_UNKNOWN: No table.\n  why: b\n  fix: c\ntrailing\n';
  expect(formatLogError(log)).toBe('      error TABLE_UNKNOWN: No table.\n        why: b\n        fix: c\n');
});

it('a log without such an error says nothing, and control characters are shown, not sent', () => {
  expect(formatLogError('an error: happened\nERROR X: y\n')).toBeUndefined();
  expect(formatLogError('error XY: \u001b[31m\n')).toBe('      error XY: \\u001b[31m\n');
});
