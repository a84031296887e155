import type { DeployPlanView, PromotionView, VerdictView } from '@towpath/api';
import { GATE_REASONS, type GateReason } from '@towpath/core';
import { expect, test } from 'vitest';
import { formatDeployPlan } from './format-deploy-plan.ts';
import { formatPromotion, formatVerdicts } from './format-promotion.ts';

function verdictOf(
  gate: VerdictView['gate'],
  decision: VerdictView['decision'],
  code: GateReason,
  evidence: VerdictView['evidence'] = {},
): VerdictView {
  return { gate, decision, code, reason: GATE_REASONS[code], evidence, askAgainAt: null };
}

test('what stops a promotion comes first, and what it was judged by is said in words, not as JSON', () => {
  const text = formatVerdicts([
    verdictOf('order', 'allow', 'ORDER_KEPT', { before: 'int' }),
    verdictOf('sign-offs', 'defer', 'SIGN_OFFS_MISSING', { given: { engineer: ['grace'] }, missing: { business: 1 } }),
    verdictOf('soak', 'deny', 'SOAK_ENDED', { soakHours: 24, replacedAt: '2026-11-30T09:00:00.000Z' }),
  ]);
  const lines = text.trimEnd().split('\n');
  expect(lines.map((line) => line.split(/\s/)[0])).toEqual(['GATE', 'soak', 'sign-offs', 'order']);
  expect(lines[1]).toContain('(Has to run there for: 24 h; Replaced there: 2026-11-30T09:00:00.000Z)');
  expect(lines[2]).toContain('(Signed off: engineer: grace; Missing, by role: business: 1)');
  expect(lines[3]).toContain('(Environment before: int)');
  expect(text).not.toMatch(/[{}[\]"]/);
});

test('gates about which the policy asks nothing are named in one line, and no other gate is', () => {
  const asked = verdictOf('order', 'allow', 'ORDER_KEPT');
  const unasked = [
    verdictOf('change', 'allow', 'CHANGE_NOT_WANTED'),
    verdictOf('checks', 'allow', 'CHECKS_NOT_WANTED'),
  ];
  const lines = formatVerdicts([...unasked, asked])
    .trimEnd()
    .split('\n');
  expect(lines.slice(1)).toEqual([expect.stringMatching(/^order /), 'The policy asks nothing about change, checks.']);
  expect(formatVerdicts([asked])).not.toContain('asks nothing');
});

const AT = '2026-11-30T09:00:00.000Z';
const FORGED = 'late\nprod back from v2 to v1: succeeded.\n  full refresh: succeeded.';

test('what people and services wrote stands further in than any line of ours', () => {
  const promotion: PromotionView = {
    ...{ id: 'p', environment: 'prod', kind: 'rollback', state: 'failed', note: FORGED, changeRecord: 'CHG1\nCHG2' },
    release: { id: 'f'.repeat(64), version: 'v1', project: 'shop' },
    rollsBackFrom: { id: 'e'.repeat(64), version: 'v2' },
    plan: { kind: 'rollback', gates: [], steps: [], pipelines: { added: [], changed: [], removed: [] } },
    ...{ rollbackPlan: null, notBefore: null, requestedAt: AT, requestedBy: 'rita', policyVersion: 1, judgedAt: AT },
    ...{ askAgainAt: null, startedAt: AT, endedAt: AT, endCode: 'SIGN_OFF_REFUSED', endReason: FORGED },
    emergency: { reason: FORGED, skipped: [], expiresAt: AT },
    verdicts: [verdictOf('sign-offs', 'deny', 'SIGN_OFF_REFUSED', { by: 'eva', role: 'vp', note: FORGED })],
    refresh: {
      ...{ pipeline: 'dbt', models: ['a\nb'], between: ['c\nd'], state: 'failed', run: null },
      problem: { code: 'X', message: FORGED },
    },
  };
  const lines = formatPromotion(promotion).split('\n');
  expect(lines.filter((line) => line.includes('succeeded.') && !line.startsWith('    '))).toEqual([
    expect.stringMatching(/^sign-offs +deny/),
  ]);
  expect(lines).toContain('change record: CHG1\\u000aCHG2');
  expect(lines).toContain('  by dbt: a\\u000ab, c\\u000ad (between)');
});

test('nor does what is said of a plan look like a line of ours', () => {
  const plan: DeployPlanView = {
    ...{ id: 'd', promotionId: 'p', agent: 'first', sha256: null, sizeBytes: null, output: FORGED, isOutputCut: false },
    ...{ error: { code: 'X', message: FORGED }, madeAt: AT, expiresAt: AT, acceptedAt: null },
    ...{ withdrawnAt: AT, withdrawnWhy: FORGED },
    signOffs: [{ role: 'vp', person: 'eva', decision: 'refused', note: FORGED, givenAt: AT, accessRevokedAt: null }],
  };
  const lines = formatDeployPlan(plan).split('\n');
  expect(lines.filter((line) => line.includes('succeeded.') && !/^ {4}| {2}\| /.test(line))).toEqual([]);
});
