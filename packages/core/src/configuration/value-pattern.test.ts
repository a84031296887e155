import { expect, test } from 'vitest';
import { isValuePattern, matchesPattern } from './value-pattern.ts';

test('the whole text must match', () => {
  expect(matchesPattern('[a-z]{2}-\\d+', 'ab-12')).toBe(true);
  expect(matchesPattern('[a-z]{2}-\\d+', 'ab-12 ')).toBe(false);
  expect(matchesPattern('a|b', 'ab')).toBe(false);
});

test('a pattern that would make other engines try for ever is decided at once', () => {
  expect(matchesPattern('(a+)+b', 'a'.repeat(5_000))).toBe(false);
});

test('look-around and back-references are not in the language', () => {
  expect(['(?=a)b', '(a)\\1', '(', 'a{2', '\\p{L}+'].map(isValuePattern)).toEqual([false, false, false, true, true]);
});
