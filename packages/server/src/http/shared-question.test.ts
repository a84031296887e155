import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { createSharedQuestion } from './shared-question.ts';

afterEach(() => void vi.useRealTimers());

/** Something whose answer changes, asked by a question that a test answers. */
function createWorld() {
  let version = 0;
  const open: (() => void)[] = [];
  const asked: string[] = [];
  const ask = createSharedQuestion(async (key) => {
    asked.push(key);
    const seen = version;
    await new Promise<void>((resolve) => open.push(resolve));
    if (key === 'bad') throw new Error(`no answer ${seen}`);
    return seen;
  });
  return {
    ...{ ask, asked },
    change: () => {
      version += 1;
    },
    version: () => version,
    answerOne: async () => {
      open.shift()?.();
      for (let i = 0; i < 10; i += 1) await Promise.resolve();
    },
    isOpen: () => open.length > 0,
  };
}

test('who comes while it is asked shares the next one, and nobody an answer from before', async () => {
  const world = createWorld();
  const first = world.ask('a');
  world.change();
  const later = [world.ask('a'), world.ask('a')];
  expect(world.asked).toEqual(['a']);
  await world.answerOne();
  expect(world.asked).toEqual(['a', 'a']);
  world.change();
  const last = world.ask('a');
  await world.answerOne();
  await world.answerOne();
  expect(await Promise.all([first, ...later, last])).toEqual([0, 1, 1, 2]);
});

test('of different keys none waits for another, and a failure is that of all who share it', async () => {
  const world = createWorld();
  const failed = [world.ask('bad'), world.ask('a'), world.ask('bad')].map((one) => one.catch(String));
  expect(world.asked).toEqual(['bad', 'a']);
  for (let i = 0; i < 3; i += 1) await world.answerOne();
  expect(await Promise.all(failed)).toEqual(['Error: no answer 0', 0, 'Error: no answer 0']);
  const again = world.ask('a');
  await world.answerOne();
  expect(await again).toBe(0);
});

test('one that is never answered holds up nobody but those who share it', async () => {
  vi.useFakeTimers();
  const world = createWorld();
  const hanging = world.ask('a');
  const next = world.ask('a');
  await vi.advanceTimersByTimeAsync(499);
  expect(world.asked).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(1);
  expect(world.asked).toEqual(['a', 'a']);
  world.change();
  await vi.advanceTimersByTimeAsync(500);
  const last = world.ask('a');
  expect(world.asked).toEqual(['a', 'a', 'a']);
  for (let i = 0; i < 3; i += 1) await world.answerOne();
  expect(await Promise.all([hanging, next, last])).toEqual([0, 0, 1]);
});

test('whatever comes in between, an answer is never older than its question', async () => {
  const step = fc.constantFrom('ask a', 'ask b', 'change', 'answer');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const world = createWorld();
      const answers: Promise<readonly [number, number]>[] = [];
      for (const one of steps) {
        const before = world.version();
        if (one === 'change') world.change();
        else if (one === 'answer') await world.answerOne();
        else answers.push(world.ask(one).then((seen) => [before, seen]));
      }
      while (world.isOpen()) await world.answerOne();
      for (const [before, seen] of await Promise.all(answers)) expect(seen).toBeGreaterThanOrEqual(before);
      expect(world.asked.length).toBeLessThanOrEqual(Math.max(answers.length, 0));
    }),
  );
});
