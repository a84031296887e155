// Past promotions, judged by another policy: what was known then, at the moment it was known.
import { setImmediate } from 'node:timers/promises';
import type { ReplayedPromotion } from '@towpath/api';
import {
  type Fact,
  type FreezeCalendar,
  fillUnasked,
  findRules,
  NO_EVIDENCE_FACTS,
  type PromotionFacts,
  type PromotionPolicy,
  type PromotionRules,
  replayJudgement,
  toUnaskedEvidence,
} from '@towpath/core';
import type pg from 'pg';
import type { HolidayBook } from './holiday-book.ts';
import { listRuleProblems } from './list-rule-problems.ts';
import { type JudgedPromotion, listJudged } from './operations/list-judged.ts';
import { policyInvalid } from './promotion-errors.ts';
import { toVerdictView } from './to-verdict-view.ts';

/** Some seconds of work; who has more looks at fewer days. */
const MAX_PROMOTIONS = 2000;

const DAY_SECONDS = 24 * 3600;

/** What came of it. */
export interface Replay {
  readonly judgedCount: number;
  readonly unrecordedCount: number;
  readonly differing: ReplayedPromotion[];
}

/**
 * Replays the promotions of the last days. Changes nothing, locks nothing.
 *
 * @throws TowpathError `POLICY_INVALID`
 */
export async function readReplay(
  pool: pg.Pool,
  book: HolidayBook,
  { policy, days }: { readonly policy: PromotionPolicy; readonly days: number },
): Promise<Replay> {
  await book.load();
  const problems = listRuleProblems([], policy, book);
  if (problems.length > 0) throw policyInvalid(problems);
  const all = await listJudged(pool, days * DAY_SECONDS, MAX_PROMOTIONS);
  const recorded = all.filter(({ facts }) => facts !== null);
  return {
    judgedCount: recorded.length,
    unrecordedCount: all.length - recorded.length,
    differing: await replayAll(recorded, policy, createYearBook(book)),
  };
}

/** Others have their turn after each: a calendar that is always closed takes some 20 ms. */
async function replayAll(recorded: readonly JudgedPromotion[], policy: PromotionPolicy, findHolidays: YearBook) {
  const differing: ReplayedPromotion[] = [];
  for (const judged of recorded) {
    const replayed = replay(judged, policy, findHolidays);
    if (replayed) differing.push(replayed);
    await setImmediate();
  }
  return differing;
}

type YearBook = (calendar: FreezeCalendar | null, aroundMs: number) => PromotionFacts['holidays'];

/** Looks up each calendar once a year of promotions: a look-up takes some milliseconds. */
function createYearBook(book: HolidayBook): YearBook {
  const found = new Map<string, PromotionFacts['holidays']>();
  return (calendar, aroundMs) => {
    const key = JSON.stringify([calendar?.holidays, new Date(aroundMs).getUTCFullYear()]);
    const holidays = found.get(key) ?? book.find(calendar, aroundMs);
    found.set(key, holidays);
    return holidays;
  };
}

function replay(
  judged: JudgedPromotion,
  policy: PromotionPolicy,
  findHolidays: YearBook,
): ReplayedPromotion | undefined {
  const { id: promotionId, target, release, judgedAt, gates, verdicts } = judged;
  const rules = findRules(policy, target);
  const atMs = Date.parse(judgedAt);
  const facts = { ...toFacts(judged, policy, rules), holidays: findHolidays(rules.freeze, atMs) };
  const replayed = replayJudgement({ facts, atMs, gates, verdicts }, rules);
  if (!replayed) return undefined;
  const changed = replayed.changed.map(({ was, verdict }) => ({ was, verdict: toVerdictView(verdict) }));
  return {
    promotionId,
    environment: target.name,
    release,
    judgedAt,
    was: replayed.was,
    would: replayed.would,
    changed,
  };
}

const UNRECORDED: Fact<never> = { isKnown: false, why: 'It was not kept when the promotion was judged.' };

/** What was not found out then is unknown, and so never green. */
function toFacts(
  { facts, release, target }: JudgedPromotion,
  policy: PromotionPolicy,
  rules: PromotionRules,
): PromotionFacts {
  const kept = {
    release: { id: release.id, project: release.project, author: '' },
    environment: { ...target, project: null },
    ...{ initiator: '', rollbackPlan: null, notBeforeMs: null, emergency: null, changeRecord: null },
    ...{
      source: UNRECORDED,
      signOffs: UNRECORDED,
      deployPlan: UNRECORDED,
      parity: UNRECORDED,
      holidays: UNRECORDED,
      freezes: UNRECORDED,
      durations: UNRECORDED,
    },
    evidence: NO_EVIDENCE_FACTS,
    ...facts,
  };
  const { changeRecord } = kept;
  const subject = { environment: target.name, version: release.version, commit: '', changeRecord };
  const unasked = toUnaskedEvidence(rules, policy.evidence, { ...subject, deployedAt: judgedDeployment(kept) });
  return { ...kept, evidence: fillUnasked(kept.evidence, unasked) };
}

function judgedDeployment({ source }: PromotionFacts): string | null {
  const startedAtMs = source.isKnown ? source.value?.deployment?.startedAtMs : undefined;
  return startedAtMs === undefined ? null : new Date(startedAtMs).toISOString();
}
