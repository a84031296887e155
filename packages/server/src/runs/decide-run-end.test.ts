import { expect, test } from 'vitest';
import { decideRunEnd } from './decide-run-end.ts';

test.each([
  ['all succeeded', false, { succeeded: 3 }, 'succeeded'],
  ['all succeeded although somebody asked for the end', true, { succeeded: 3 }, 'succeeded'],
  ['one failed', false, { succeeded: 1, failed: 1, upstream_failed: 1 }, 'failed'],
  ['one errored', false, { errored: 1 }, 'failed'],
  ['a person cancelled it', true, { succeeded: 1, cancelled: 2 }, 'cancelled'],
  ['a person cancelled it after one had failed', true, { failed: 1, cancelled: 1 }, 'cancelled'],
  ['a closing agent cancelled one', false, { cancelled: 1, upstream_failed: 1 }, 'cancelled'],
  ['a closing agent cancelled one and another failed', false, { cancelled: 1, failed: 1 }, 'failed'],
])('%s', (_, isCancelRequested, taskCounts, expected) => {
  expect(decideRunEnd({ isCancelRequested, taskCounts })).toBe(expected);
});
