import { expect, test } from 'vitest';
import { findPreviousGood } from './find-previous-good.ts';

/** `v3 v2* v1!`: newest first, * was taken away by a rollback, ! is refused. */
const read = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => ({
      releaseId: word.replace(/[*!]/, ''),
      wasRolledBack: word.endsWith('*'),
      isRefused: word.endsWith('!'),
    }));

test.each([
  ['the one before', 'v2 v1', 'v1'],
  ['nothing, at the first release', 'v1', undefined],
  ['nothing, where none ran', '', undefined],
  ['not what was rolled back from', 'v1 v2* v1 v0', 'v0'],
  ['not what was rolled back from, however long ago it ran well', 'v1 v2* v2 v1', undefined],
  ['what was deployed again since and was well', 'v3 v2 v1 v2* v1', 'v2'],
  ['not what was refused since it ran', 'v3 v2! v1', 'v1'],
  ['not what was refused, where there is nothing else', 'v2 v1!', undefined],
  ['the one before, though what it runs is refused', 'v2! v1', 'v1'],
  ['not itself', 'v2 v2 v1', 'v1'],
])('A83 an environment goes back to %s', (_, deployments, expected) => {
  expect(findPreviousGood(read(deployments))).toBe(expected);
});
