import { expect, test } from 'vitest';
import { judgeAttempt } from './judge-attempt.ts';

const attempt = {
  epoch: 3,
  specHash: 's',
  host: 'here',
  bootId: 'b',
  instanceId: 'folder',
  hasStarted: true,
  sessionId: 'before',
  lostStarts: 0,
  isIdempotent: false,
};
const report = { host: 'here', bootId: 'b', instanceId: 'folder', follows: 'before', leftover: undefined };

test.each([
  ['found with its specification', {}, { leftover: { epoch: 3, specHash: 's' } }, 'adopt'],
  ['found with an older epoch', {}, { leftover: { epoch: 1, specHash: 's' } }, 'adopt'],
  ['found with an epoch nobody gave', {}, { leftover: { epoch: 4, specHash: 's' } }, 'SPEC_MISMATCH'],
  ['found with another specification', {}, { leftover: { epoch: 3, specHash: 'x' } }, 'SPEC_MISMATCH'],
  ['not found, started', {}, {}, 'SHIM_LOST'],
  ['not found, not started', { hasStarted: false }, {}, 'unbegun'],
  ['not started for the third time', { hasStarted: false, lostStarts: 2 }, {}, 'unbegun'],
  ['not started for the fourth time', { hasStarted: false, lostStarts: 3 }, {}, 'LOST_BEFORE_START'],
  [
    'not started, granted in a session that the agent does not follow',
    { hasStarted: false, sessionId: 'other' },
    {},
    'LOST_BEFORE_START',
  ],
  [
    'not started, of an agent that follows no session',
    { hasStarted: false },
    { follows: undefined },
    'LOST_BEFORE_START',
  ],
  ['not started before a restart', { hasStarted: false }, { bootId: 'c' }, 'HOST_RESTARTED'],
  ['not started under another state folder', { hasStarted: false }, { instanceId: 'other' }, 'uncertain'],
  ['not found after a restart of the machine', {}, { bootId: 'c' }, 'HOST_RESTARTED'],
  ['held on another host', {}, { host: 'there' }, 'uncertain'],
  ['held on another host, harmless to repeat', { isIdempotent: true }, { host: 'there' }, 'AGENT_MOVED'],
  ['held under another state folder', {}, { instanceId: 'other' }, 'uncertain'],
  [
    'held under another state folder, harmless to repeat',
    { isIdempotent: true },
    { instanceId: 'other' },
    'AGENT_MOVED',
  ],
  ['held under another state folder before a restart', {}, { instanceId: 'other', bootId: 'c' }, 'HOST_RESTARTED'],
  ['held by an agent that named no state folder', { instanceId: null }, {}, 'SHIM_LOST'],
  ['whose agent names no state folder any more', {}, { instanceId: undefined }, 'SHIM_LOST'],
])('an attempt %s', (_, facts, host, expected) => {
  const verdict = judgeAttempt({ ...attempt, ...facts }, { ...report, ...host });
  expect(verdict.kind === 'lost' ? verdict.reasonCode : verdict.kind).toBe(expected);
});
