import type { PromotionView } from '@towpath/api';
import type { RefreshState } from '@towpath/core';
import { expect, test } from 'vitest';
import { promotionOf, verdictOf } from '../../testing/promotion-fixtures.ts';
import { NEW_RELEASE, OLD_RELEASE, promotionsWorld } from '../../testing/world-promotions.ts';
import { cutAtEnd } from './cut-at-end.ts';
import { describePromotion, listMoments, toneOf } from './describe-promotion.ts';
import { describeWait } from './describe-wait.ts';
import { judgeSignOffRight } from './judge-sign-off-right.ts';
import { judgeTenure, type Tenure } from './judge-tenure.ts';
import { listMissing } from './list-missing.ts';
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
  expect(wait({ verdicts: [allowed] })).toBe('its gate allows it');
  const refused = verdictOf('rollback-plan', 'deny', 'ROLLBACK_PLAN_MISSING');
  expect(wait({ verdicts: [allowed, soak, refused] })).toBe('1 of 3 gates denies it');
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
  const tenure = { how: 'current' } as const;
  const say = (more: Partial<PromotionView>) =>
    describePromotion(pending(more), { nowMs: NOW, timeZone: 'UTC', tenure });
  expect(say({ verdicts: [allowed, soak], askAgainAt: soak.askAgainAt })).toBe(
    'v1.3.3 waits for prod: 1 of 2 gates waits · opens Tue 08:30',
  );
  expect(say({ state: 'failed', endCode: 'SOAK_ENDED', endReason: 'It was replaced.' })).toBe(
    'v1.3.3 into prod was denied by its gates: It was replaced.',
  );
  const refused = verdictOf('sign-offs', 'deny', 'SIGN_OFF_REFUSED', { evidence: { by: 'lea', note: 'rows lack' } });
  expect(say({ state: 'failed', endCode: 'SIGN_OFF_REFUSED', endReason: 'Somebody did.', verdicts: [refused] })).toBe(
    'v1.3.3 into prod was refused by lea: rows lack',
  );
  expect(say({ state: 'aborted', endCode: 'SIGN_OFF_REFUSED', endReason: 'rows lack' })).toBe(
    'v1.3.3 into prod was refused: rows lack',
  );
  expect(say({ state: 'aborted', endCode: 'SUPERSEDED', endReason: 'Another promotion took its place.' })).toBe(
    'v1.3.3 into prod was superseded: Another promotion took its place.',
  );
  expect(say({ state: 'aborted', endCode: 'ROLLED_BACK', endReason: 'orders load twice' })).toBe(
    'v1.3.3 into prod was ended by a rollback: orders load twice',
  );
  expect(say({ state: 'errored' })).toBe('v1.3.3 into prod failed technically');
  expect(say({ state: 'succeeded' })).toBe('v1.3.3 is in prod');
  expect(say({ state: 'succeeded', kind: 'rollback' })).toBe('prod is back at v1.3.3');
  const refresh = { pipeline: 'transform', models: ['model.shop.orders'], between: [], problem: null, run: null };
  const back = { state: 'succeeded', kind: 'rollback' } as const;
  expect(say({ ...back, refresh: { ...refresh, state: 'failed' } })).toBe(
    'prod is back at v1.3.3; its full refresh failed',
  );
  const tone = (state: RefreshState) => toneOf(pending({ ...back, refresh: { ...refresh, state } }), tenure);
  expect([tone('failed'), tone('running'), tone('succeeded')]).toEqual(['bad', 'calm', 'good']);
  expect(say({ state: 'aborted', kind: 'rollback', endReason: 'x' })).toBe(
    'The way back to v1.3.3 in prod was aborted: x',
  );
});

test('what took effect is there until another release takes its place, by a promotion or a rollback', () => {
  const { id, project, version } = OLD_RELEASE;
  const old = { id, project, version };
  const at = (number: number, more: Partial<PromotionView>) => ({
    ...pending({ state: 'succeeded', ...more }),
    id: `number ${number}`,
    endedAt: `2026-11-30T0${number}:00:00Z`,
  });
  const first = at(1, {});
  const rollback = at(3, { kind: 'rollback', release: old });
  const others = [at(5, {}), at(4, { release: old }), at(2, { release: old, state: 'aborted' }), at(2, {})];
  const rowOf = (release: PromotionView['release']) => ({ deployment: { release, since: '2026-11-30T03:00:00Z' } });
  const judge = (row: ReturnType<typeof rowOf> | undefined, promotions: PromotionView[] | undefined) =>
    judgeTenure(first, { row, promotions });
  expect(judge(rowOf(old), [...others, rollback, first])).toEqual({ how: 'past', successor: rollback });
  // It runs again, by another promotion: this one ended all the same.
  expect(judge(rowOf(first.release), [...others, rollback, first])).toEqual({ how: 'past', successor: rollback });
  expect(judge(rowOf(first.release), [at(2, {}), first])).toEqual({ how: 'current' });
  expect(judge(rowOf(old), [at(9, { release: old })])).toEqual({ how: 'past', successor: undefined });
  expect(judge(undefined, [rollback, first])).toEqual({ how: 'unknown' });
  expect(judge(rowOf(old), undefined)).toEqual({ how: 'unknown' });
  expect(judgeTenure(pending({}), { row: rowOf(old), promotions: [] })).toBeUndefined();
});

test('what is there no more is said in the past, and is not green', () => {
  const successor = pending({ endedAt: '2026-11-30T16:53:00Z' });
  const done = pending({ state: 'succeeded' });
  const say = (promotion: PromotionView, tenure: Tenure) =>
    describePromotion(promotion, { nowMs: NOW, timeZone: 'UTC', tenure });
  const past = { how: 'past', successor } as const;
  expect(say(done, past)).toBe('v1.3.3 was in prod until Mon 2026-11-30 16:53');
  expect(say({ ...done, kind: 'rollback' }, past)).toBe('prod was back at v1.3.3 until Mon 2026-11-30 16:53');
  expect(say(done, { how: 'past', successor: undefined })).toBe('v1.3.3 was in prod');
  expect(say(done, { how: 'unknown' })).toBe('v1.3.3 came into prod');
  expect(toneOf(done, past)).toBe('calm');
  expect(toneOf(done, { how: 'current' })).toBe('good');
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
  const back = { ...plan, gates: [], steps: plan.steps.slice(1) };
  expect(states({ state: 'running', kind: 'rollback', plan: back, startedAt })).toEqual(['done', 'active', 'next']);
});

test('a rollback without gates is not said to judge any', () => {
  const { plan } = pending({});
  const words = (gates: PromotionView['plan']['gates']) =>
    toSteps(pending({ kind: 'rollback', plan: { ...plan, gates, steps: ['set-desired'] } })).map((step) => step.words);
  expect(words([])).toEqual(['Tell the environment to run the release.']);
  expect(words(['deploy-plan'])).toEqual([expect.stringMatching(/^Judge the gates once more/)]);
});

test('what was said after the end of a promotion is no part of it', () => {
  const [given] = promotionsWorld().promotions.signOffs;
  if (!given) throw new Error('no sign-offs');
  const at = (hour: string) => `2026-11-30T${hour}:00:00.000Z`;
  const ended = pending({ state: 'succeeded', requestedAt: at('08'), startedAt: at('09'), endedAt: at('10') });
  const before = { ...given, id: 'before', givenAt: at('09'), withdrawnAt: at('11'), withdrawnBy: 'grace' };
  const all = [{ ...given, id: 'after', person: 'lena', givenAt: at('12') }, before];
  expect(cutAtEnd(ended, all)).toEqual([{ ...before, withdrawnAt: null, withdrawnBy: null }]);
  expect(cutAtEnd({ endedAt: null }, all)).toEqual(all);
  expect(listMoments(ended, all).map(({ words }) => words)).toEqual([
    'rita asked for it',
    'grace signed it off as engineer',
    'the environment was told to run it',
    'it took effect',
  ]);
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
  expect(judgeSignOffRight({ ...asked, author: undefined })).toEqual({ canApprove: false, canRefuse: true });
  expect(judgeSignOffRight({ ...asked, initiator: 'ada' })).toMatchObject({ canApprove: false, canRefuse: true });
  expect(judgeSignOffRight({ ...asked, roles: ['administrator'] })).toMatchObject({ canApprove: false });
});

test('A68 people are counted once, and those whose word is gone are not', () => {
  const [given, withdrawn] = promotionsWorld().promotions.signOffs;
  if (!given || !withdrawn) throw new Error('no sign-offs');
  const wanted = { engineer: 2, business: 1 };
  const nobody = { author: undefined, initiator: undefined };
  expect(
    listMissing(wanted, { ...nobody, signOffs: [given, { ...given, id: 'again' }, withdrawn], nowMs: Date.now() }),
  ).toEqual([
    { role: 'engineer', count: 1 },
    { role: 'business', count: 1 },
  ]);
  const one = { engineer: 1 };
  const missing = [{ role: 'engineer', count: 1 }];
  expect(listMissing(one, { ...nobody, signOffs: [given], nowMs: Date.parse(given.expiresAt) })).toEqual(missing);
  expect(listMissing(one, { ...nobody, signOffs: [given], nowMs: Date.now() })).toEqual([]);
  for (const involved of [{ author: given.person }, { initiator: given.person }])
    expect(listMissing(one, { ...nobody, ...involved, signOffs: [given], nowMs: Date.now() })).toEqual(missing);
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
    'otto took the sign-off back',
  ]);
  // Said anew, and then taken back: that is one of each.
  const [first, otto] = given;
  if (!first || !otto) throw new Error('no sign-offs');
  const [at, later] = ['2026-11-30T09:00:00.000Z', '2026-11-30T10:00:00.000Z'];
  const anew = [
    { ...otto, decision: 'refused' as const, givenAt: at, withdrawnAt: later },
    { ...otto, givenAt: '2026-11-30T08:00:00.000Z', withdrawnAt: at },
  ];
  expect(
    listMoments({ ...waiting, judgedAt: null }, anew)
      .map(({ words }) => words)
      .filter((words) => words.startsWith('otto')),
  ).toEqual(['otto signed it off as business', 'otto refused it as business', 'otto took the refusal back']);
});
