import { expect, test } from 'vitest';
import type { SourceFacts } from './promotion-facts.ts';
import { askGate, sayGate } from './testing/ask-gate.ts';
import { buildSource, known, NOW_MS } from './testing/build-facts.ts';

const WANTED = { needsRehearsal: true };

test.each([
  [
    'A86 the way back was tried',
    { source: known(buildSource({ rehearsedAtMs: NOW_MS - 1 })) },
    WANTED,
    'allow REHEARSAL_DONE',
  ],
  ['A86 it was not', {}, WANTED, 'defer REHEARSAL_MISSING'],
  ['A86 it was not, and need not', {}, {}, 'allow REHEARSAL_NOT_WANTED'],
  [
    'A86 never deployed',
    { source: known<SourceFacts>({ environment: 'int', deployment: null }) },
    WANTED,
    'deny ORDER_SKIPPED',
  ],
  ['A86 no environment before', { source: known(null) }, WANTED, 'deny ORDER_SKIPPED'],
  ['A86 unreachable', { source: { isKnown: false, why: 'away' } as const }, WANTED, 'defer EVIDENCE_UNREACHABLE'],
])('%s', (_, facts, rules, said) => {
  expect(sayGate('rehearsal', { facts, rules })).toBe(said);
});

test('A86 the rehearsal is told with its time', () => {
  const source = known(buildSource({ rehearsedAtMs: NOW_MS }));
  expect(askGate('rehearsal', { facts: { source }, rules: WANTED }).evidence).toEqual({
    before: 'int',
    rehearsedAt: '2026-06-16T10:00:00.000Z',
  });
});
