import { expect, test } from 'vitest';
import type { ParityFacts } from './parity-facts.ts';
import { askGate, sayGate } from './testing/ask-gate.ts';
import { buildParity, known } from './testing/build-facts.ts';

const parity = (facts: ParityFacts) => ({ parity: known(facts) });
const compared = (found: Parameters<typeof buildParity>[0]) => parity(buildParity(found));
const except = (...subjects: readonly string[]) => ({ parity: { mustBeRecorded: false, except: subjects } });

test.each([
  ['what is declared is there', {}, {}, 'allow PARITY_KEPT'],
  ['a variable is not declared there', compared({ lacking: ['variables.NEW'] }), {}, 'defer PARITY_LACKING'],
  ['a variable is of another type there', compared({ otherwise: ['variables.PORT'] }), {}, 'defer PARITY_LACKING'],
  ['a required variable has no value', compared({ unset: ['variables.NEW'] }), {}, 'defer PARITY_LACKING'],
  ['a difference that is not allowed', compared({ differences: ['variables.REGION'] }), {}, 'deny PARITY_BROKEN'],
  [
    'such a difference, and something is lacking',
    compared({ differences: ['executor'], lacking: ['targets.lake'] }),
    {},
    'deny PARITY_BROKEN',
  ],
  ['the policy excepts it', compared({ lacking: ['zones.gold'] }), except('zones.gold'), 'allow PARITY_KEPT'],
  [
    'the policy excepts one of two',
    compared({ unset: ['variables.A', 'variables.B'] }),
    except('variables.A'),
    'defer PARITY_LACKING',
  ],
  [
    'the policy excepts the difference',
    compared({ differences: ['executor'] }),
    except('executor'),
    'allow PARITY_KEPT',
  ],
  ['the release does not know the environment', parity({ state: 'undeclared' }), {}, 'deny PARITY_ENVIRONMENT_UNKNOWN'],
  ['the project declares no environments', parity({ state: 'none' }), {}, 'allow PARITY_NOT_DECLARED'],
  ['the release is older than the gate', parity({ state: 'unrecorded' }), {}, 'allow PARITY_UNRECORDED'],
  [
    'the release is older, and the policy wants it recorded',
    parity({ state: 'unrecorded' }),
    { parity: { mustBeRecorded: true, except: [] } },
    'deny PARITY_UNRECORDED',
  ],
  ['not wanted', compared({ differences: ['executor'] }), { parity: null }, 'allow PARITY_NOT_WANTED'],
  ['unreachable', { parity: { isKnown: false, why: 'away' } as const }, {}, 'defer EVIDENCE_UNREACHABLE'],
])('A81 parity: %s', (_, facts, rules, said) => {
  expect(sayGate('parity', { facts, rules })).toBe(said);
});

test('A81 parity names what is amiss, and only that', () => {
  const facts = compared({ lacking: ['variables.A', 'targets.lake'], unset: ['variables.B'] });
  const { evidence, askAgainAtMs } = askGate('parity', { facts, rules: except('targets.lake') });
  expect(evidence).toEqual({
    ...{ before: 'int', areValuesCompared: true },
    ...{ lacking: ['variables.A'], unset: ['variables.B'] },
  });
  expect(askAgainAtMs).toBeNull();
});
