import { expect, test } from 'vitest';
import { compareVersions, isExactVersion } from './compare-versions.ts';

test('A19 versions are ordered as SemVer §11 does', () => {
  const ordered = [
    'latest',
    '0.9.0',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.2.0',
    '1.10.0',
    '2.0.0',
  ];
  expect(ordered.toReversed().sort(compareVersions)).toEqual(ordered);
  expect(compareVersions('1.0.0', '1.0.0+build')).toBe(0);
});

test.each([
  ['1.4.0', true],
  ['v1.4.0', true],
  ['1.4.0-rc.1', true],
  ['1.4', false],
  ['1', false],
  ['latest', false],
  ['^1.4.0', false],
  ['1.4.x', false],
])('A15 %s names one version: %s', (text, isExact) => {
  expect(isExactVersion(text)).toBe(isExact);
});
