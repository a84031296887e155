// Past promotions, judged by another policy: what was known then, at the moment it was known.
import type { ReplayedPromotion } from '@towpath/api';
import { type Fact, findRules, type PromotionFacts, type PromotionPolicy, replayJudgement } from '@towpath/core';
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
    differing: recorded.flatMap((judged) => replay(judged, policy, book) ?? []),
  };
}

function replay(judged: JudgedPromotion, policy: PromotionPolicy, book: HolidayBook): ReplayedPromotion | undefined {
  const { id: promotionId, target, release, judgedAt, gates, verdicts } = judged;
  const rules = findRules(policy, target);
  const atMs = Date.parse(judgedAt);
  const facts = { ...toFacts(judged), holidays: book.find(rules.freeze, atMs) };
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

/** What an older server did not keep is unknown, and so never green. */
function toFacts({ facts, release, target }: JudgedPromotion): PromotionFacts {
  return {
    release: { id: release.id, project: release.project, author: '' },
    environment: { ...target, project: null },
    ...{ initiator: '', rollbackPlan: null, notBeforeMs: null, emergency: null },
    ...{ source: UNRECORDED, signOffs: UNRECORDED, holidays: UNRECORDED, freezes: UNRECORDED },
    ...facts,
  };
}
