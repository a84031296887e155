import type { VerdictView } from '@towpath/api';
import type { PromotionFacts } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** What the gates of a promotion said, and what they were judged by. */
export interface WrittenJudgement {
  readonly promotionId: string;
  readonly verdicts: readonly VerdictView[];
  readonly policyVersion: number;
  /** Bank holidays left out: they are many, and whoever tries another calendar looks up its own. */
  readonly facts: Omit<PromotionFacts, 'holidays'>;
  /** When time alone may change it. */
  readonly askAgainAt: string | null;
}

const STATEMENT = `
update promotions
set verdicts = $2, policy_version = $3, ask_again_at = $4, facts = $5, judged_at = clock_timestamp()
where id = $1 and state = 'pending'`;

/** Keeps what the gates said; one that no longer waits stays as it is. The decisions of its environment are locked. */
export async function writeJudgement(db: Db, judgement: WrittenJudgement): Promise<void> {
  const { promotionId, verdicts, policyVersion, askAgainAt, facts } = judgement;
  await db.query(STATEMENT, [promotionId, JSON.stringify(verdicts), policyVersion, askAgainAt, JSON.stringify(facts)]);
}
