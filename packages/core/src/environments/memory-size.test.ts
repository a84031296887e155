import { expect, test } from 'vitest';
import { parseMemoryMiB } from './memory-size.ts';

test.each([
  ['512Mi', 512],
  ['1Gi', 1024],
  ['0.5Gi', 512],
  ['1.5Mi', 1],
  ['1G', undefined],
  ['lots', undefined],
])('%s is %s MiB', (text, expected) => {
  expect(parseMemoryMiB(text)).toBe(expected);
});
