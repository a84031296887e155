// Any interleaving of grants, ends, cancels, time and the server's answers, against what must hold of each attempt.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HeldAttempt } from '../executors/executor.ts';
import { AttemptGivenBack, type AttemptQueue, createAttemptQueue, type Unbegun } from './attempt-queue.ts';
import { createPrefetch, type Prefetch } from './prefetch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SLOTS = 2;

/** One attempt, as its runner sees it. */
interface Seen {
  readonly id: string;
  readonly stop: AbortController;
  readonly end: PromiseWithResolvers<void>;
  fate: 'waits' | 'runs' | 'ended' | 'given back' | 'stopped' | 'abandoned';
  /** It runs beyond the slots: cancelled while the server took it for begun. */
  isExtra: boolean;
}

interface Asked {
  readonly ids: readonly string[];
  answer(kept: readonly string[]): void;
  fail(): void;
}

interface Scene {
  readonly queue: AttemptQueue;
  readonly prefetch: Prefetch;
  readonly seen: Seen[];
  /** Requests that the server has not answered. */
  readonly asked: Asked[];
  /** Of whom the server was asked while it had not answered. */
  readonly askedTwice: string[];
}

function createScene(): Scene {
  const asked: Asked[] = [];
  const askedTwice: string[] = [];
  const prefetch = createPrefetch(SLOTS);
  const giveBack = (waiters: readonly Unbegun[]): Promise<readonly string[]> => {
    const reply = Promise.withResolvers<readonly string[]>();
    const leave = (): void => void asked.splice(asked.indexOf(one), 1);
    const one: Asked = {
      ids: waiters.map(({ attemptId }) => attemptId),
      answer: (kept) => {
        leave();
        reply.resolve(kept);
      },
      fail: () => {
        leave();
        reply.reject(new Error('away'));
      },
    };
    const underWay = asked.flatMap(({ ids }) => ids);
    askedTwice.push(...one.ids.filter((id) => underWay.includes(id)));
    asked.push(one);
    return reply.promise;
  };
  const queue = createAttemptQueue({ slots: SLOTS, prefetch, giveBack, log: () => undefined });
  return { queue, prefetch, seen: [], asked, askedTwice };
}

function grant({ queue, seen }: Scene): Seen {
  const one: Seen = {
    ...{ id: `a${seen.length}`, stop: new AbortController(), end: Promise.withResolvers(), fate: 'waits' },
    isExtra: false,
  };
  seen.push(one);
  const begin = async (): Promise<HeldAttempt> => {
    expect(one.fate).toBe('waits');
    one.fate = 'runs';
    return { ended: one.end.promise } as unknown as HeldAttempt;
  };
  queue.inTurn({ attemptId: one.id, epoch: () => 1, signal: one.stop.signal }, begin).catch((thrown: unknown) => {
    expect(one.fate).toBe('waits');
    one.fate = thrown instanceof AttemptGivenBack ? 'given back' : 'stopped';
  });
  return one;
}

const settle = () => vi.advanceTimersByTimeAsync(0);

const having = ({ seen }: Scene, fate: Seen['fate']) => seen.filter((one) => one.fate === fate);

const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)];

async function finish(one: Seen | undefined): Promise<void> {
  if (!one) return;
  one.fate = 'ended';
  one.end.resolve();
  await settle();
}

/** Not ours any more: its end is not heard of here. */
function abandon({ queue }: Scene, one: Seen | undefined): void {
  if (!one) return;
  one.fate = 'abandoned';
  queue.leave(one.id);
}

type Step = readonly [
  kind: 'grant' | 'end' | 'abandon' | 'cancel' | 'stop' | 'time' | 'answer' | 'keep' | 'fail' | 'clear',
  at: number,
];

async function take(scene: Scene, [kind, at]: Step): Promise<void> {
  const waiting = pick(having(scene, 'waits'), at);
  const request = pick(scene.asked, at);
  if (kind === 'grant') grant(scene);
  if (kind === 'end') await finish(pick(having(scene, 'runs'), at));
  if (kind === 'abandon') abandon(scene, pick(having(scene, 'runs'), at));
  if (kind === 'cancel' && waiting) {
    waiting.isExtra = true;
    scene.queue.cancel(waiting.id);
  }
  if (kind === 'stop') waiting?.stop.abort(new Error('stopped'));
  if (kind === 'time') await vi.advanceTimersByTimeAsync(at * 100);
  if (kind === 'answer') request?.answer([]);
  if (kind === 'keep') request?.answer(request.ids);
  if (kind === 'fail') request?.fail();
  if (kind === 'clear') void scene.queue.clear();
  await settle();
}

function verify(scene: Scene): void {
  expect(scene.askedTwice).toEqual([]);
  const runs = having(scene, 'runs').filter(({ isExtra }) => !isExtra);
  expect(runs.length).toBeLessThanOrEqual(SLOTS);
  // No slot is idle while somebody waits, but for those of whom the server was asked.
  const returning = scene.asked.flatMap(({ ids }) => ids);
  const waits = having(scene, 'waits').filter(({ id }) => !returning.includes(id));
  if (waits.length > 0) expect(having(scene, 'runs').length).toBeGreaterThanOrEqual(SLOTS);
}

const steps: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom(
    'grant',
    'grant',
    'grant',
    'end',
    'end',
    'abandon',
    'cancel',
    'stop',
    'time',
    'answer',
    'keep',
    'fail',
    'clear',
  ),
  fc.nat(12),
);

test('whatever happens in whatever order, each attempt begins once, is given back or is stopped; no slot is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 60, size: 'max' }), async (chosen) => {
      const scene = createScene();
      for (const step of chosen) {
        await take(scene, step);
        verify(scene);
      }
      // All goes well from here on.
      while (having(scene, 'waits').length > 0 || having(scene, 'runs').length > 0) {
        scene.asked[0]?.answer([]);
        await settle();
        await finish(having(scene, 'runs')[0]);
      }
      const [first, second] = [grant(scene), grant(scene)];
      await settle();
      expect([first.fate, second.fate]).toEqual(['runs', 'runs']);
    }),
    { numRuns: 300 },
  );
});

test('they begin in the order in which they came, as soon as one before has ended here', async () => {
  const scene = createScene();
  const [a, b, c, d] = [grant(scene), grant(scene), grant(scene), grant(scene)];
  await settle();
  expect([a, b, c, d].map(({ fate }) => fate)).toEqual(['runs', 'runs', 'waits', 'waits']);
  await finish(b);
  expect([c.fate, d.fate]).toEqual(['runs', 'waits']);
});

test('what has not begun after half a second is given back, all of it, and nothing more is prefetched', async () => {
  const scene = createScene();
  for (let count = 0; count < 8; count += 1) scene.prefetch.noteEnd(10);
  const all = [grant(scene), grant(scene), grant(scene)];
  await vi.advanceTimersByTimeAsync(300);
  const late = grant(scene);
  expect(scene.asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(scene.asked.map(({ ids }) => ids)).toEqual([[all[2]?.id, late.id]]);
  expect(scene.prefetch.count()).toBe(0);
  scene.asked[0]?.answer([]);
  await settle();
  expect([all[2]?.fate, late.fate]).toEqual(['given back', 'given back']);
});

test('what the server takes for begun is begun in its turn, and offered again when it has waited for long', async () => {
  const scene = createScene();
  const [a, b, c] = [grant(scene), grant(scene), grant(scene)];
  await vi.advanceTimersByTimeAsync(500);
  scene.asked[0]?.answer([c?.id ?? '']);
  await vi.advanceTimersByTimeAsync(29_000);
  expect([scene.asked, c?.fate]).toEqual([[], 'waits']);
  await vi.advanceTimersByTimeAsync(1_000);
  scene.asked[0]?.answer([c?.id ?? '']);
  await settle();
  await finish(a);
  expect(c?.fate).toBe('runs');
  // What was given up meanwhile never begins.
  const d = grant(scene);
  await vi.advanceTimersByTimeAsync(500);
  scene.asked[0]?.answer([d.id]);
  await settle();
  vi.setSystemTime(Date.now() + 600_000);
  await finish(b);
  expect([d.fate, scene.asked.map(({ ids }) => ids)]).toEqual(['waits', [[d.id]]]);
  scene.asked[0]?.answer([]);
  await settle();
  expect(d.fate).toBe('given back');
});

test('an attempt whose end is not heard of here leaves its slot when its runner is done', async () => {
  const scene = createScene();
  const [a, , c] = [grant(scene), grant(scene), grant(scene)];
  await settle();
  abandon(scene, a);
  await settle();
  expect(c?.fate).toBe('runs');
});

test('what is cancelled and was taken for begun begins at once, so that it can be ended', async () => {
  const scene = createScene();
  const [, , c, d] = [grant(scene), grant(scene), grant(scene), grant(scene)];
  await settle();
  scene.queue.cancel(c?.id ?? '');
  scene.asked[0]?.answer([c?.id ?? '']);
  await settle();
  expect([c?.fate, d?.fate]).toEqual(['runs', 'waits']);
  void scene.queue.clear();
  scene.asked[0]?.answer([d?.id ?? '']);
  await settle();
  scene.queue.cancel(d?.id ?? '');
  await settle();
  expect(d?.fate).toBe('runs');
});

test('what is stopped in the moment in which it is its turn takes no slot with it', async () => {
  const scene = createScene();
  const [a, b, c] = [grant(scene), grant(scene), grant(scene)];
  await settle();
  void scene.queue.clear();
  scene.asked[0]?.answer([c?.id ?? '']);
  await settle();
  scene.queue.cancel(c?.id ?? '');
  c?.stop.abort(new Error('stopped'));
  await settle();
  expect(c?.fate).toBe('stopped');
  await finish(a);
  await finish(b);
  const next = [grant(scene), grant(scene)];
  await settle();
  expect(next.map(({ fate }) => fate)).toEqual(['runs', 'runs']);
});

test('an agent that was stopped for seconds asks before it begins what has waited', async () => {
  const scene = createScene();
  const [a, , c] = [grant(scene), grant(scene), grant(scene)];
  await settle();
  // A stopped process has no timers; the end comes before they do.
  vi.setSystemTime(Date.now() + 3_000);
  await finish(a);
  expect([c?.fate, scene.asked.map(({ ids }) => ids)]).toEqual(['waits', [[c?.id]]]);
});
