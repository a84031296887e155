import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { toHeapFlags } from './heap-flags.ts';

test.each([128, 256, 1024, 4096])('of %i MiB Node takes three quarters for its heap', (memoryMiB) => {
  const script = 'console.log(require("node:v8").getHeapStatistics().heap_size_limit / 1048576)';
  const output = execFileSync(process.execPath, [...toHeapFlags(memoryMiB), '-e', script], { encoding: 'utf8' });
  expect(Number(output)).toBeGreaterThan(memoryMiB * 0.7);
  expect(Number(output)).toBeLessThanOrEqual(memoryMiB * 0.75);
});

test('nothing is limited without a size', () => {
  expect(toHeapFlags(undefined)).toEqual([]);
});
