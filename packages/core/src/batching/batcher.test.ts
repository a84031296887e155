import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBatcher } from './batcher.ts';

test('every item is sent once, in order, never in two requests at once, and gets the answer to its request', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 5 }), fc.nat(30), async (scheduler, max, count) => {
      const sent: number[][] = [];
      let underWay = 0;
      const batcher = createBatcher<number, number>({
        maxItems: max,
        isRefusal: () => false,
        send: async (items) => {
          underWay += 1;
          expect(underWay).toBe(1);
          sent.push([...items]);
          await scheduler.schedule(Promise.resolve());
          underWay -= 1;
          return sent.length - 1;
        },
      });
      const items = Array.from({ length: count }, (_, i) => i);
      const answers = items.map((item) => scheduler.schedule(Promise.resolve()).then(() => batcher.add(item)));
      await scheduler.waitFor(Promise.all(answers));
      expect(sent.flat().sort((a, b) => a - b)).toEqual(items);
      expect(sent.every((batch) => batch.length <= max)).toBe(true);
      for (const [item, answer] of (await Promise.all(answers)).entries()) expect(sent[answer]).toContain(item);
    }),
  );
});

test('with a pace the first item goes when it allows, with what came meanwhile', async () => {
  const sent: string[] = [];
  let goOn = Promise.withResolvers<void>();
  const batcher = createBatcher<string, void>({
    maxItems: 10,
    pace: () => goOn.promise,
    isRefusal: () => false,
    send: async (items) => void sent.push(items.join()),
  });
  const first = [batcher.add('a'), batcher.add('b')];
  expect(sent).toEqual([]);
  goOn.resolve();
  await Promise.all(first);
  goOn = Promise.withResolvers();
  const later = batcher.add('c');
  expect(sent).toEqual(['a,b']);
  goOn.resolve();
  await later;
  expect(sent).toEqual(['a,b', 'c']);
});

test('what is refused of several is said one by one, so that one bad item spoils no other', async () => {
  const calls: number[] = [];
  const batcher = createBatcher<string, string>({
    maxItems: 10,
    isRefusal: (thrown) => thrown instanceof RangeError,
    send: async (items) => {
      calls.push(items.length);
      if (items.includes('bad')) throw new RangeError('refused');
      return items.join();
    },
  });
  const answers = await Promise.allSettled(['first', 'good', 'bad', 'other'].map((item) => batcher.add(item)));
  expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'refused'))).toEqual([
    'first',
    'good',
    'refused',
    'other',
  ]);
  expect(calls).toEqual([1, 3, 1, 1, 1]);
});

test('an error that no item caused is everybody’s', async () => {
  const batcher = createBatcher<string, string>({
    maxItems: 10,
    isRefusal: () => false,
    send: () => Promise.reject(new Error('away')),
  });
  const answers = await Promise.allSettled(['a', 'b', 'c'].map((item) => batcher.add(item)));
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});
