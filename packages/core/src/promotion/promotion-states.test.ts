import { expect, test } from 'vitest';
import {
  isTerminalPromotionState,
  PROMOTION_TRANSITIONS,
  promotionStateAfter,
  promotionStates,
  promotionStatesBefore,
} from './promotion-states.ts';

test('a promotion ends in one of four ways, and nothing happens to it then', () => {
  expect(promotionStates().filter(isTerminalPromotionState)).toEqual(['succeeded', 'failed', 'errored', 'aborted']);
});

test('each event leads to one state, from the states the table names', () => {
  const events = ['start', 'refuse', 'observe', 'break', 'abort'] as const;
  const all = events.map((event) => [event, promotionStatesBefore(event), promotionStateAfter(event)]);
  expect(all).toEqual([
    ['start', ['pending'], 'running'],
    ['refuse', ['pending'], 'failed'],
    ['observe', ['running'], 'succeeded'],
    ['break', ['running'], 'errored'],
    ['abort', ['pending', 'running'], 'aborted'],
  ]);
  for (const event of events) {
    const targets = new Set(promotionStatesBefore(event).map((state) => PROMOTION_TRANSITIONS[state][event]));
    expect(targets.size).toBe(1);
  }
});
