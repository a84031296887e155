import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeEvidence } from './describe-evidence.ts';
import type { EvidenceLine } from './evidence-parts.ts';

const toText = (line: EvidenceLine) =>
  line
    .map((part) => {
      if (part.kind === 'text') return part.text;
      return part.kind === 'instant' ? part.at : part.kind === 'link' ? part.href : `${part.of} ${part.id.slice(0, 8)}`;
    })
    .join('');
const read = (gate: string, evidence: Parameters<typeof describeEvidence>[1]) =>
  Object.fromEntries(describeEvidence(gate, evidence).map(({ term, lines }) => [term, lines.map(toText).join(' | ')]));

const AT = '2026-12-01T08:30:00.000Z';
const ASKED = { source: 'servicenow', askedAt: AT, link: 'https://example.com/1' };

test.each([
  [
    'soak',
    { before: 'int', soakHours: 24, deployedAt: AT, replacedAt: null, enoughAt: AT },
    { 'Environment before': 'int', 'Has to run there for': '24 h', 'Deployed there': AT, 'Has run long enough': AT },
  ],
  [
    'cycles',
    { cycles: 2, successesInARow: { trades: 1, orders: 3 } },
    {
      'Each pipeline has to go through': '2 times in a row',
      'Went through in a row': 'trades: once | orders: 3 times',
    },
  ],
  [
    'quarantine',
    {
      ...{ method: 'max', runs: 5, mayExceedBy: 1 },
      rows: { trades: { since: 1200, baseline: 1 }, orders: { since: null, baseline: null } },
    },
    {
      Compared: 'the most rows of the last 5 runs, before and since',
      'May be above by': '1 row',
      Quarantined: 'trades: 1,200 rows since, 1 row before | orders: nobody told since, nobody told before',
    },
  ],
  [
    'performance',
    {
      ...{ method: 'median seconds of the last 5 runs', tolerance: 1.5, graceSeconds: 60 },
      pipelines: [
        { pipeline: 'trades', before: 12.5, after: 30, runs: [5, 1] },
        { pipeline: 'orders', before: 3, after: null, runs: [5, 0] },
      ],
      metrics: [
        { ...ASKED, selector: 'p95', before: 1, after: 2 },
        { ...ASKED, why: 'no answer' },
      ],
    },
    {
      Compared: 'median seconds of the last 5 runs',
      Allowed: '1.5 times as much',
      'Never too long': '60 s more',
      Pipelines: 'trades: 12.5 s before (5 runs), 30 s since (1 run) | orders: 3 s before (5 runs), no run since',
      Metrics: `p95: 1 before, 2 since (servicenow, asked ${AT}, https://example.com/1) | no answer (servicenow, asked ${AT}, https://example.com/1)`,
    },
  ],
  [
    'sign-offs',
    { given: { engineer: ['grace', 'eva'], vp: [] }, missing: { vp: 1 }, accessRevoked: { lea: AT } },
    {
      'Signed off': 'engineer: grace, eva | vp: nobody',
      'Missing, by role': 'vp: 1',
      'Count no more, since access was revoked': `lea: ${AT}`,
    },
  ],
  [
    'checks',
    { missing: ['lint'], passed: [], release: 'draft' },
    {
      Missing: 'lint',
      Passed: 'none',
      'Release where the commit comes from': 'draft',
    },
  ],
  [
    'freeze',
    { closedBy: [{ kind: 'holiday', name: 'Christmas' }], nextOpen: AT, timeZone: 'UTC' },
    { 'Closed by': 'Christmas (bank holiday)', 'Opens next': AT, 'Days by the clock of': 'UTC' },
  ],
  [
    'incidents',
    { asked: [ASKED], count: 1, open: [{ source: 'servicenow', id: 'INC1', title: 'Down', priority: 1 }] },
    {
      Asked: `servicenow, asked ${AT}, https://example.com/1`,
      Open: '1 incident',
      Incidents: 'INC1 Down (priority 1, servicenow)',
    },
  ],
  [
    'confirmations',
    { missing: ['on-call'], said: [{ source: 'on-call', askedAt: AT, link: null, seen: null, wanted: 'yes' }] },
    { Missing: 'on-call', Confirmed: `on-call says nothing, wanted is "yes" (asked ${AT})` },
  ],
  [
    'deploy-plan',
    { planId: '01930000-0000-7000-8000-000000000029', agent: 'a', sha256: 'ab'.repeat(32), expiresAt: AT },
    {
      Plan: 'other 01930000',
      'Made by agent': 'a',
      'SHA-256 of the plan': 'hash abababab',
      'The plan counts until': AT,
    },
  ],
] as const)('A63 what %s was judged by is said in words, with units', (gate, evidence, said) => {
  expect(read(gate, evidence)).toEqual(said);
});

test('what nobody has words for is read as it is: instants, links, runs, releases, lists, tables', () => {
  expect(
    read('freeze', {
      ...{ 'p95-ms': { before: 1, after: 2 }, isApproved: true, script: 'javascript:alert(1)' },
      problems: [{ runId: '01930000-0000-7000-8000-000000000029', severity: 1, link: 'https://example.com/p' }],
      releaseId: 'f'.repeat(64),
      ...{ list: Array.from({ length: 22 }, (_, index) => index), constructor: 'x' },
    }),
  ).toEqual({
    'P95 ms': 'before: 1 | after: 2',
    'Is approved': 'yes',
    Script: 'javascript:alert(1)',
    Problems: 'run id: run 01930000, severity: 1, link: https://example.com/p',
    'Release id': 'release ffffffff',
    List: [...Array.from({ length: 20 }, (_, index) => index), 'and 2 more'].join(' | '),
    Constructor: 'x',
  });
});

test('only what is a moment is read as one, and never what people wrote', () => {
  const kinds = (gate: string, evidence: Parameters<typeof describeEvidence>[1]) =>
    describeEvidence(gate, evidence).map(({ lines }) => lines.flat().map(({ kind }) => kind));
  expect(kinds('deploy-plan', { expiresAt: '2026-99-99T99:99:99Z', madeAt: '2026-13-01T00:00:00Z' })).toEqual([
    ['text'],
    ['text'],
  ]);
  expect(kinds('sign-offs', { by: AT, role: 'vp', note: AT, givenAt: AT })).toEqual([
    ['text'],
    ['text'],
    ['text'],
    ['instant'],
  ]);
  expect(kinds('rollback-plan', { plan: AT })).toEqual([['text']]);
  expect(kinds('emergency', { reason: AT, expiresAt: AT })).toEqual([['text'], ['instant']]);
  expect(kinds('change', { state: AT, startsAt: AT })).toEqual([['text'], ['instant']]);
});

test('evidence of another shape than expected is said all the same', () => {
  const keys = fc.constantFrom(
    'rows',
    'given',
    'pipelines',
    'metrics',
    'said',
    'asked',
    'closedBy',
    'missing',
    'cycles',
  );
  const values = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(fc.constantFrom('sign-offs', 'quarantine', 'checks'), fc.dictionary(keys, values), (gate, evidence) => {
      // JSON of the library is that of core, but for the name of its type.
      const facts = describeEvidence(gate, JSON.parse(JSON.stringify(evidence)));
      expect(facts.length).toBe(Object.values(evidence).filter((value) => value !== null).length);
      expect(facts.every(({ term, lines }) => term !== '' && lines.length > 0)).toBe(true);
    }),
  );
});
