import { createBatcher } from '@towpath/core';
import { afterEach, expect, test, vi } from 'vitest';
import { createPace } from './pace.ts';

afterEach(() => void vi.useRealTimers());

test('the first item goes at once, and what comes within the interval shares the next request', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
  const sent: string[] = [];
  const batcher = createBatcher<string, void>({
    maxItems: 10,
    pace: createPace(() => 20),
    isRefusal: () => false,
    send: async (items) => void sent.push(items.join()),
  });
  await batcher.add('a');
  const rest = [batcher.add('b'), batcher.add('c')];
  await vi.advanceTimersByTimeAsync(19);
  expect(sent).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(2);
  await Promise.all(rest);
  expect(sent).toEqual(['a', 'b,c']);
  await vi.advanceTimersByTimeAsync(100);
  await batcher.add('d');
  expect(sent).toEqual(['a', 'b,c', 'd']);
});
