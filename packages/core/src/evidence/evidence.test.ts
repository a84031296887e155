// Which questions rules come to, and how old an answer may be.
import { describe, expect, test } from 'vitest';
import { findRules, SHIPPED_POLICY } from '../promotion/policy.ts';
import type { EvidenceAnswer } from './evidence.ts';
import { NO_EVIDENCE_FACTS, type StoredEvidence, toEvidenceFacts } from './evidence-facts.ts';
import { DEFAULT_PERFORMANCE, type EvidenceRules, NO_EVIDENCE } from './evidence-rules.ts';
import { type EvidenceSubject, formatQuestionKey, listQuestions } from './list-questions.ts';
import type { DeclaredSources } from './source-declaration.ts';
import { fillUnasked, toUnaskedEvidence } from './unasked-evidence.ts';

const SUBJECT: EvidenceSubject = {
  environment: 'prod',
  version: 'v1.3.3',
  commit: 'c1',
  changeRecord: 'CHG1',
  deployedAt: '2026-06-16T00:00:00.000Z',
};
const RULES: EvidenceRules = {
  ...NO_EVIDENCE,
  change: { source: 'sn', states: [] },
  incidents: { sources: ['sn', 'dt'], priorities: [2, 1, 2] },
  performance: { ...DEFAULT_PERFORMANCE, metrics: [{ source: 'dt', selector: 'm', hours: 6 }] },
  checks: { source: 'gh', names: [], needsRelease: true },
  confirmations: ['rota'],
};
const SOURCES: DeclaredSources = { rota: { service: 'file', path: 'a.yaml' } };
const STATEMENT: EvidenceAnswer = { kind: 'statement', statement: { holds: true, seen: null, wanted: null } };

describe('questions', () => {
  test('are those that the rules come to', () => {
    expect(listQuestions(RULES, SUBJECT)).toEqual([
      { source: 'sn', question: { kind: 'change', number: 'CHG1' } },
      { source: 'sn', question: { kind: 'incidents', priorities: [1, 2] } },
      { source: 'dt', question: { kind: 'incidents', priorities: [1, 2] } },
      { source: 'dt', question: { kind: 'metrics', selector: 'm', aroundAt: SUBJECT.deployedAt, hours: 6 } },
      { source: 'gh', question: { kind: 'checks', commit: 'c1' } },
      { source: 'gh', question: { kind: 'release', version: 'v1.3.3' } },
      {
        source: 'rota',
        question: {
          kind: 'statement',
          values: { environment: 'prod', version: 'v1.3.3', commit: 'c1', changeRecord: 'CHG1' },
        },
      },
    ]);
  });

  test('are none where nothing is wanted, or nothing is known to ask about', () => {
    expect(listQuestions(NO_EVIDENCE, SUBJECT)).toEqual([]);
    const kinds = listQuestions(RULES, { ...SUBJECT, changeRecord: null, deployedAt: null }).map(
      ({ question }) => question.kind,
    );
    expect(kinds).toEqual(['incidents', 'incidents', 'checks', 'release', 'statement']);
  });

  test('have another key when their source is declared otherwise', () => {
    const question = { source: 'rota', question: { kind: 'checks', commit: 'c' } } as const;
    const key = formatQuestionKey(question, SOURCES);
    expect(formatQuestionKey(question, { rota: { path: 'a.yaml', service: 'file' } })).toBe(key);
    expect(formatQuestionKey(question, { rota: { service: 'file', path: 'b.yaml' } })).not.toBe(key);
    expect(formatQuestionKey({ ...question, source: 'constructor' }, {})).toContain('"declaration":null');
  });
});

describe('A67 facts', () => {
  const ASKED_MS = Date.parse('2026-06-16T10:00:00Z');
  const rules = { ...NO_EVIDENCE, confirmations: ['rota'] };
  const at = (time: string, stored?: Partial<StoredEvidence>, sources = SOURCES) => {
    const found = { askedAtMs: ASKED_MS, answer: STATEMENT, error: null, link: 'https://rota', ...stored };
    const gathered = {
      rules,
      sources,
      questions: listQuestions(rules, SUBJECT),
      find: () => (stored ? found : undefined),
    };
    return toEvidenceFacts(gathered, Date.parse(`2026-06-16T${time}Z`)).confirmations[0];
  };

  test.each([
    ['fresh', at('10:00:00', {}), true],
    ['as old as it may be', at('10:15:00', {}), true],
    ['a millisecond older', at('10:15:00.001', {}), false],
    ['not asked yet', at('10:00:00'), false],
    ['a failure', at('10:00:00', { answer: null, error: 'It is away.' }), false],
    ['an answer to something else', at('10:00:00', { answer: { kind: 'release', state: 'published' } }), false],
    ['of a source that is not declared', at('10:00:00', {}, {}), false],
  ])('%s', (_, fact, isKnown) => {
    expect(fact?.isKnown).toBe(isKnown);
  });

  test('say who was asked when, and why there is no answer', () => {
    expect(at('10:00:00', {})).toMatchObject({
      source: 'rota',
      askedAt: '2026-06-16T10:00:00.000Z',
      link: 'https://rota',
    });
    expect(at('10:00:00', { answer: null, error: 'It is away.' })).toMatchObject({
      why: 'It is away.',
      isDeclared: true,
    });
    expect(at('11:00:00', {})).toMatchObject({ why: 'What rota said is older than 15 minutes.' });
    expect(at('10:00:00', {}, {})).toMatchObject({ isDeclared: false });
  });
});

test('rules of an environment stand above those of its kind; null switches off', () => {
  const policy = {
    ...SHIPPED_POLICY,
    kinds: { production: { incidents: RULES.incidents, confirmations: ['rota'] } },
    environments: { prod: { incidents: null, performance: null } },
  };
  const prod = findRules(policy, { name: 'prod', kind: 'production' });
  expect(prod).toMatchObject({ incidents: null, performance: null, confirmations: ['rota'], evidenceMinutes: 15 });
});

test('A67 what nobody asked for is unknown to a policy that wants it, and what was answered stays', () => {
  const sources: DeclaredSources = {
    sn: { service: 'file', path: 'sn.yaml' },
    dt: { service: 'file', path: 'dt.yaml' },
  };
  const unasked = toUnaskedEvidence(RULES, sources, SUBJECT);
  expect([unasked.change?.isKnown, ...unasked.incidents.map(({ isKnown }) => isKnown)]).toEqual([false, false, false]);
  const answered = { source: 'sn', askedAt: '2026-06-16T00:00:00.000Z', link: null, isKnown: true as const, value: [] };
  const kept = { ...NO_EVIDENCE_FACTS, incidents: [answered] };
  expect(fillUnasked(kept, unasked)).toMatchObject({ incidents: [answered], change: { isKnown: false } });
});
