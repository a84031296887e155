import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createReportBatch } from './report-batch.ts';

const never = new AbortController().signal;

/** A server whose answers wait until they are let go. */
function createSlowServer(refuses: (item: number) => boolean = () => false) {
  const requests: (readonly number[])[] = [];
  const answers: (() => void)[] = [];
  const send = async (items: readonly number[]): Promise<string> => {
    requests.push(items);
    await new Promise<void>((resolve) => answers.push(resolve));
    if (items.some(refuses)) throw new Error(`refused ${items}`);
    return `took ${items}`;
  };
  const answerAll = async (): Promise<void> => {
    for (let turn = 0; turn < 1000; turn += 1) {
      answers.shift()?.();
      await Promise.resolve();
    }
  };
  return { requests, send, answerAll };
}

test('the first report goes at once, those that come meanwhile go together', async () => {
  const server = createSlowServer();
  const batch = createReportBatch(server.send);
  const replies = Promise.all([1, 2, 3].map((item) => batch.add(item, never)));
  expect(server.requests).toEqual([[1]]);
  await server.answerAll();
  expect(await replies).toEqual(['took 1', 'took 2,3', 'took 2,3']);
});

test('when several are refused, each is answered for itself', async () => {
  const server = createSlowServer((item) => item === 3);
  const batch = createReportBatch(server.send);
  const replies = Promise.allSettled([1, 2, 3].map((item) => batch.add(item, never)));
  await server.answerAll();
  expect((await replies).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect(server.requests).toEqual([[1], [2, 3], [2], [3]]);
});

test('one whose signal fires is not waited for; the others are', async () => {
  const server = createSlowServer();
  const batch = createReportBatch(server.send);
  const gone = new AbortController();
  const first = batch.add(1, never);
  const aborted = batch.add(2, gone.signal);
  gone.abort(new Error('gone'));
  await expect(aborted).rejects.toThrow('gone');
  await server.answerAll();
  expect(await first).toBe('took 1');
  expect(server.requests).toEqual([[1]]);
  await expect(batch.add(3, gone.signal)).rejects.toThrow('gone');
});

test('every report is answered once, by a request that held it, whatever is refused', async () => {
  const items = fc.uniqueArray(fc.nat(500), { maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(items, fc.integer({ min: 2, max: 9 }), async (all, divisor) => {
      const isRefused = (item: number): boolean => item % divisor === 0;
      const batch = createReportBatch(async (some: readonly number[]) => {
        await Promise.resolve();
        if (some.some(isRefused)) throw new Error('refused');
        return new Set(some);
      });
      const replies = await Promise.allSettled(all.map((item) => batch.add(item, never)));
      for (const [at, item] of all.entries()) {
        const reply = replies[at];
        expect(reply?.status === 'fulfilled' && reply.value.has(item)).toBe(!isRefused(item));
      }
    }),
    { numRuns: 50 },
  );
});
