import { describe, expect, test } from 'vitest';
import type { AttemptRunner } from './attempt-runner.ts';
import { createRoster } from './roster.ts';

const runnerOf = (attemptId: string, done: Promise<void> = new Promise(() => undefined)) =>
  ({ attemptId, done }) as AttemptRunner;

describe('slots of reported attempts', () => {
  test('count as free with the reply, before their runners have heard of it', () => {
    const roster = createRoster(2);
    for (const id of ['a', 'b']) roster.add(runnerOf(id));
    expect(roster.askAfter(1)).toEqual({ slots: 1, ahead: 0 });
    roster.exchange(['a'], () => roster.add(runnerOf('c')));
    // b ends: its slot can be used, though a is still being put away.
    expect([roster.freeSlots(), roster.askAfter(1).slots]).toEqual([0, 1]);
  });

  test('that nobody takes are told of at once', () => {
    const roster = createRoster(2);
    for (const id of ['a', 'b']) roster.add(runnerOf(id));
    const seen: number[] = [];
    roster.onFree(() => seen.push(roster.freeSlots()));
    roster.exchange(['a', 'b'], () => roster.add(runnerOf('c')));
    expect(seen).toEqual([1]);
  });

  test('are counted once when the runner is done', async () => {
    const roster = createRoster(1);
    const done = Promise.withResolvers<void>();
    roster.add(runnerOf('a', done.promise));
    roster.exchange(['a'], () => undefined);
    done.resolve();
    await done.promise;
    expect([roster.freeSlots(), roster.list()]).toEqual([1, []]);
    // A report that is answered after its attempt was given up.
    roster.exchange(['a', 'unknown'], () => undefined);
    roster.add(runnerOf('b'));
    expect(roster.freeSlots()).toBe(0);
  });
});

test('what is prefetched is asked for as such, by a claim only while a slot is free', () => {
  const roster = createRoster(2);
  for (let i = 0; i < 8; i += 1) roster.prefetch.noteEnd(1);
  expect(roster.askNow()).toEqual({ slots: 8, ahead: 6 });
  roster.add(runnerOf('a'));
  expect([roster.askNow(), roster.askAfter(1)]).toEqual([
    { slots: 7, ahead: 6 },
    { slots: 7, ahead: 6 },
  ]);
  for (const id of ['b', 'c', 'd', 'e', 'f']) roster.add(runnerOf(id));
  expect([roster.askNow(), roster.askAfter(1), roster.askAfter(3)]).toEqual([
    { slots: 0, ahead: 0 },
    { slots: 3, ahead: 3 },
    { slots: 5, ahead: 5 },
  ]);
  for (const id of ['g', 'h', 'i', 'j']) roster.add(runnerOf(id));
  expect(roster.askAfter(1)).toEqual({ slots: 0, ahead: 0 });
});
