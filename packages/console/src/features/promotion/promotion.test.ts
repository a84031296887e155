import type { PromotionView } from '@towpath/api';
import { expect, test } from 'vitest';
import { promotionOf, verdictOf } from '../../testing/promotion-fixtures.ts';
import { NEW_RELEASE, OLD_RELEASE, promotionsWorld } from '../../testing/world-promotions.ts';
import { describePromotion, listMoments, toneOf } from './describe-promotion.ts';
import { describeWait } from './describe-wait.ts';
import { judgeSignOffRight } from './judge-sign-off-right.ts';
import { listMissing } from './list-missing.ts';
import { readEvidence } from './read-evidence.ts';
import { describeAgents, toSteps } from './to-steps.ts';

const NOW = Date.parse('2026-11-30T09:00:00Z');
const allowed = verdictOf('order', 'allow', 'ORDER_KEPT');
const soak = verdictOf('soak', 'defer', 'SOAK_RUNNING', { askAgainAt: '2026-12-01T08:30:00Z' });
const signOffs = verdictOf('sign-offs', 'defer', 'SIGN_OFFS_MISSING');

function pending(more: Partial<PromotionView>): PromotionView {
  const promotion = promotionOf({
    number: 1,
    environment: 'prod',
    release: NEW_RELEASE,
    from: OLD_RELEASE,
    state: 'pending',
    agoMs: 0,
  });
  return { ...promotion, ...more };
}
const wait = (more: Partial<PromotionView>) => describeWait(pending(more), NOW, 'UTC');

test('what it waits for is said in one line: how many gates, and until when', () => {
  const later = '2026-12-22T10:00:00Z';
  expect(wait({ verdicts: [allowed, soak], askAgainAt: soak.askAgainAt })).toBe('1 of 2 gates waits · opens Tue 08:30');
  expect(wait({ verdicts: [allowed, soak, signOffs] })).toBe('2 of 3 gates wait · not before Tue 08:30');
  expect(wait({ verdicts: [signOffs] })).toBe('1 of 1 gate waits · needs a person or a run');
  expect(wait({ verdicts: [{ ...soak, askAgainAt: later }], askAgainAt: later })).toBe(
    '1 of 1 gate waits · opens Tue 2026-12-22 10:00',
  );
  expect(wait({ verdicts: [allowed] })).toBe('all 1 gate allow it');
  const refused = verdictOf('rollback-plan', 'deny', 'ROLLBACK_PLAN_MISSING');
  expect(wait({ verdicts: [allowed, soak, refused] })).toBe('1 of 3 gates refuses it');
  expect(wait({ verdicts: [] })).toBe('its gates were not asked yet');
  for (const state of ['failed', 'aborted', 'succeeded', 'errored'] as const)
    expect(wait({ state, verdicts: [] })).toBe('no verdict of its gates was kept');
  expect(wait({ state: 'running' })).toBe('agents load it');
});

test('a gate whose evidence is unreachable is asked again: nobody knows when it opens', () => {
  const unreachable = verdictOf('soak', 'defer', 'EVIDENCE_UNREACHABLE', { askAgainAt: '2026-11-30T09:05:00Z' });
  expect(wait({ verdicts: [unreachable], askAgainAt: unreachable.askAgainAt })).toBe(
    '1 of 1 gate waits · asked again Mon 09:05',
  );
});

test('an emergency is never calm', () => {
  const emergency = { reason: 'x', skipped: ['soak' as const], expiresAt: '2026-11-30T12:00:00Z' };
  expect(toneOf(pending({ emergency }))).toBe('bad');
  expect(toneOf(pending({}))).toBe('calm');
});

test('each state has a sentence that says what became of it', () => {
  const say = (more: Partial<PromotionView>) => describePromotion(pending(more), NOW, 'UTC');
  expect(say({ verdicts: [allowed, soak], askAgainAt: soak.askAgainAt })).toBe(
    'v1.3.3 waits for prod: 1 of 2 gates waits · opens Tue 08:30',
  );
  expect(say({ state: 'failed', endReason: 'Somebody refused it.' })).toBe(
    'v1.3.3 was refused for prod: Somebody refused it.',
  );
  expect(say({ state: 'errored' })).toBe('v1.3.3 into prod failed technically');
  expect(say({ state: 'succeeded' })).toBe('v1.3.3 is in prod');
  expect(say({ state: 'succeeded', kind: 'rollback' })).toBe('prod is back at v1.3.3');
  expect(say({ state: 'aborted', kind: 'rollback', endReason: 'x' })).toBe(
    'The way back to v1.3.3 in prod was aborted: x',
  );
});

test('steps are done, at work, broken or not reached', () => {
  const states = (more: Partial<PromotionView>) => toSteps(pending(more)).map(({ state }) => state);
  const startedAt = '2026-11-30T09:00:00Z';
  expect(states({})).toEqual(['active', 'next', 'next', 'next']);
  expect(states({ state: 'running', startedAt })).toEqual(['done', 'done', 'active', 'next']);
  expect(states({ state: 'succeeded', startedAt })).toEqual(['done', 'done', 'done', 'done']);
  expect(states({ state: 'failed' })).toEqual(['broken', 'skipped', 'skipped', 'skipped']);
  expect(states({ state: 'errored', startedAt })).toEqual(['done', 'done', 'broken', 'skipped']);
  const { plan } = pending({});
  const back = { ...plan, steps: plan.steps.slice(1) };
  expect(states({ state: 'running', kind: 'rollback', plan: back, startedAt })).toEqual(['done', 'active', 'next']);
});

test('who has loaded it, and who has not', () => {
  const { id, project, version } = NEW_RELEASE;
  const release = { id, project, version };
  const has = { name: 'a', release, error: null };
  expect(describeAgents({ agents: [has, { name: 'b', release: null, error: null }] }, id)).toBe(
    '1 of 2 agents have it; it waits for b.',
  );
  expect(describeAgents({ agents: [has] }, id)).toBe('1 of 1 agent has it.');
  expect(describeAgents({ agents: [] }, id)).toBe('No agent is live: nobody can load it.');
});

test('A68 approval is offered only where it counts', () => {
  const asked = { person: 'ada', roles: ['engineer'], author: 'bob', initiator: 'rita', wanted: { engineer: 1 } };
  expect(judgeSignOffRight(asked)).toEqual({ canApprove: true, canRefuse: true });
  expect(judgeSignOffRight({ ...asked, author: 'ada' })).toMatchObject({ canApprove: false, canRefuse: true });
  expect(judgeSignOffRight({ ...asked, initiator: 'ada' })).toMatchObject({ canApprove: false, canRefuse: true });
  expect(judgeSignOffRight({ ...asked, roles: ['administrator'] })).toMatchObject({ canApprove: false });
});

test('A68 people are counted once, and those whose word is gone are not', () => {
  const [given, withdrawn] = promotionsWorld().promotions.signOffs;
  if (!given || !withdrawn) throw new Error('no sign-offs');
  const wanted = { engineer: 2, business: 1 };
  expect(listMissing(wanted, [given, { ...given, id: 'again' }, withdrawn], Date.now())).toEqual([
    { role: 'engineer', count: 1 },
    { role: 'business', count: 1 },
  ]);
  expect(listMissing({ engineer: 1 }, [given], Date.parse(given.expiresAt))).toEqual([{ role: 'engineer', count: 1 }]);
});

test('moments are in order, whoever they are of', () => {
  const { signOffs: given, promotions } = promotionsWorld().promotions;
  const [waiting] = promotions;
  if (!waiting) throw new Error('nothing waits');
  expect(listMoments(waiting, given).map(({ words }) => words)).toEqual([
    'rita asked for it',
    'its gates were asked last',
    'grace signed it off as engineer',
    'otto signed it off as business',
    'otto took that back',
  ]);
});

test('evidence of any gate is read: instants, links, runs, releases, lists, tables', () => {
  const read = readEvidence({
    soakHours: 24,
    enoughAt: '2026-12-01T08:30:00Z',
    replacedAt: null,
    'p95-ms': { before: 1, after: 2 },
    runIds: ['01930000-0000-7000-8000-000000000029'],
    release: 'a'.repeat(64),
    ticket: 'https://example.com/CHG1',
    script: 'javascript:alert(1)',
    isApproved: true,
    rows: Array.from({ length: 25 }, (_, index) => index),
  });
  expect(read.map(({ label, value }) => [label, value.kind])).toEqual([
    ['Soak hours', 'text'],
    ['Enough at', 'instant'],
    ['P95 ms', 'fields'],
    ['Run ids', 'list'],
    ['Release', 'release'],
    ['Ticket', 'link'],
    ['Script', 'text'],
    ['Is approved', 'text'],
    ['Rows', 'list'],
  ]);
  expect(read[3]?.value).toMatchObject({ items: [{ kind: 'run' }], cutOff: 0 });
  expect(read.at(-1)?.value).toMatchObject({ items: { length: 20 }, cutOff: 5 });
});
