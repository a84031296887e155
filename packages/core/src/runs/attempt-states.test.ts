import { describe, expect, it } from 'vitest';
import { ATTEMPT_TRANSITIONS, attemptStates, attemptStatesBefore, isTerminalAttemptState } from './attempt-states.ts';

describe('the states of an attempt', () => {
  it('have four ends, and nothing leaves an end', () => {
    expect(attemptStates().filter(isTerminalAttemptState)).toEqual(['succeeded', 'failed', 'errored', 'cancelled']);
  });

  it('let every attempt that has not ended end in each way', () => {
    for (const outcome of ['succeeded', 'failed', 'errored', 'cancelled'] as const) {
      expect(attemptStatesBefore(outcome)).toEqual(['granted', 'running', 'uncertain']);
    }
  });

  it('start only what was granted, and adopt only what has not ended', () => {
    expect(attemptStatesBefore('start')).toEqual(['granted']);
    expect(attemptStatesBefore('adopt')).toEqual(['granted', 'running', 'uncertain']);
  });

  it('give up only what nobody knows about', () => {
    expect(attemptStatesBefore('giveUp')).toEqual(['uncertain']);
    expect(ATTEMPT_TRANSITIONS.uncertain.giveUp).toBe('errored');
  });

  it('can all be reached from granted', () => {
    const reached = new Set(['granted']);
    for (let round = 0; round < attemptStates().length; round += 1) {
      for (const from of attemptStates()) {
        if (reached.has(from)) for (const to of Object.values(ATTEMPT_TRANSITIONS[from])) reached.add(to);
      }
    }
    expect([...reached].sort()).toEqual([...attemptStates()].sort());
  });
});
