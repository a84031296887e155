import { describe, expect, test } from 'vitest';
import { formatCanonicalJson } from '../graph/canonical-json.ts';
import { compareReleases } from './compare-releases.ts';
import { findChangelogEntry } from './find-changelog-entry.ts';
import { findReleaseProblems, toOrderedBill } from './release.ts';
import { buildBill } from './testing/build-bill.ts';

test('A63 the order in which things are found does not make another release', () => {
  const kits = [
    { name: 'b', version: '1.0.0' },
    { name: 'a', version: '2.0.0' },
    { name: 'a', version: '1.0.0' },
  ];
  const one = buildBill({ x: '1', y: '2' }, { datakits: kits });
  const other = buildBill({ y: '2', x: '1' }, { datakits: kits.toReversed() });
  expect(formatCanonicalJson(toOrderedBill(one))).toBe(formatCanonicalJson(toOrderedBill(other)));
});

describe('A63 a release', () => {
  const bill = buildBill({ daily: '1' });
  test.each<[string, string, string, Partial<typeof bill>, string[]]>([
    ['with version, changelog, commit and pipelines is good', 'v1.3.3', 'Faster.', {}, []],
    ['may be a candidate', 'v1.4.0-rc.1', 'Faster.', {}, []],
    ['needs a version', '1.3.3', 'Faster.', {}, ['RELEASE_VERSION_INVALID']],
    ['needs an exact version', 'v1.3', 'Faster.', {}, ['RELEASE_VERSION_INVALID']],
    ['needs a changelog entry', 'v1.3.3', ' \n', {}, ['CHANGELOG_ENTRY_MISSING']],
    ['needs a commit', 'v1.3.3', 'Faster.', { gitSha: 'main' }, ['GIT_SHA_INVALID']],
    ['needs a pipeline', 'v1.3.3', 'Faster.', { pipelines: [] }, ['RELEASE_EMPTY']],
    [
      'is told everything that is wrong',
      'latest',
      '',
      { gitSha: '' },
      ['RELEASE_VERSION_INVALID', 'CHANGELOG_ENTRY_MISSING', 'GIT_SHA_INVALID'],
    ],
  ])('%s', (_, version, changelog, ...[overrides, codes]) => {
    const problems = findReleaseProblems(version, changelog, { ...bill, ...overrides });
    expect(problems.map(({ code }) => code)).toEqual(codes);
  });
});

describe('A63 the changelog entry of a version', () => {
  const changelog = `# Changelog

## Unreleased

Soon.

## [1.4.0] - 2026-06-01

- Faster.

### Notes
Nothing to do.

## v1.3.3

## 1.3.2 (May)
Older.
`;
  test.each([
    ['v1.4.0', '- Faster.\n\n### Notes\nNothing to do.'],
    ['v1.3.2', 'Older.'],
    ['v1.3.3', undefined],
    ['v1.3', undefined],
    ['v1.4.01', undefined],
    ['v9.9.9', undefined],
  ])('%s', (version, entry) => {
    expect(findChangelogEntry(changelog, version)).toBe(entry);
  });
});

test('a difference names what came, went and changed', () => {
  const before = buildBill(
    { a: '1', b: '1' },
    { datakits: [{ name: 'sqlserver', version: '1.0.0' }], pools: { p: 1 } },
  );
  const after = buildBill({ b: '2', c: '1' }, { gitSha: '2'.repeat(40), bundleHash: 'f'.repeat(64), pools: { p: 2 } });
  expect(compareReleases(before, after).map((one) => [one.kind, one.name, one.before, one.after])).toEqual([
    ['commit', 'git', '1'.repeat(40), '2'.repeat(40)],
    ['bundle', 'functions', null, 'f'.repeat(64)],
    ['pipeline', 'a', '1', null],
    ['pipeline', 'b', '1', '2'],
    ['pipeline', 'c', null, '1'],
    ['datakit', 'sqlserver', '1.0.0', null],
    ['pool', 'p', '1', '2'],
  ]);
  expect(compareReleases(before, before)).toEqual([]);
});
