import type { VerdictView } from '@towpath/api';
import type { GateName, PromotionFacts } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** What the gates of a promotion said, and what they were judged by. */
export interface WrittenJudgement {
  readonly promotionId: string;
  readonly verdicts: readonly VerdictView[];
  readonly policyVersion: number;
  /** Those that were asked: the plan says so from now on. */
  readonly gates: readonly GateName[];
  /** Bank holidays left out: they are many, and whoever tries another calendar looks up its own. */
  readonly facts: Omit<PromotionFacts, 'holidays'>;
  /** When time alone may change it. */
  readonly askAgainAt: string | null;
}

const STATEMENT = `
update promotions
set verdicts = $2, policy_version = $3, ask_again_at = $4, facts = $5, plan = jsonb_set(plan, '{gates}', $6), judged_at = clock_timestamp()
where id = $1 and state = 'pending'`;

/** Keeps what the gates said; one that no longer waits stays as it is. The decisions of its environment are locked. */
export async function writeJudgement(db: Db, judgement: WrittenJudgement): Promise<void> {
  const { promotionId, verdicts, policyVersion, gates, askAgainAt, facts } = judgement;
  const texts = { verdicts: JSON.stringify(verdicts), facts: JSON.stringify(facts), gates: JSON.stringify(gates) };
  const values = [promotionId, texts.verdicts, policyVersion, askAgainAt, texts.facts, texts.gates];
  await db.query(STATEMENT, values);
}
