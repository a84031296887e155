import { expect, test } from 'vitest';
import { findLastError } from './find-last-error.ts';

test('the last error of a log is read with its cause and fix', () => {
  const lines = [
    'error OLD: first',
    '  why: a',
    'again',
    'error TABLE_UNKNOWN: No table.',
    '  why: b',
    '  fix: c',
    'end',
  ];
  expect(findLastError(lines)).toEqual({ code: 'TABLE_UNKNOWN', message: 'No table.', cause: 'b', fix: 'c' });
});

test('a cause of several lines is kept whole, and a missing one is missing', () => {
  const lines = ['error PORT_BUSY: Port 1 is busy.', '  why: one', '       two', '  fix: end it', ''];
  expect(findLastError(lines)).toMatchObject({ cause: 'one\ntwo', fix: 'end it' });
  expect(findLastError(['error PORT_BUSY: Port 1 is busy.', 'other', '  fix: not of it'])).toEqual({
    code: 'PORT_BUSY',
    message: 'Port 1 is busy.',
    cause: undefined,
    fix: undefined,
  });
});

test('a line that only speaks of an error is none', () => {
  expect(findLastError([])).toBeUndefined();
  expect(findLastError(['error: no code', 'an error CODE: amid a line', 'error lower: case'])).toBeUndefined();
});
