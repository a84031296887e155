import type { EvidenceQuestion } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** A question that somebody should ask. */
export interface EvidenceClaim {
  readonly key: string;
  readonly source: string;
  readonly question: EvidenceQuestion;
  /** Age from which an answer is asked for anew. */
  readonly refreshSeconds: number;
}

/** A question takes fifteen seconds at most; whoever is silent for longer was killed. */
const CLAIM_SECONDS = 60;

const STATEMENT = `
insert into evidence as e (key, source, question, claimed_until)
values ($1, $2, $3, clock_timestamp() + make_interval(secs => $5))
on conflict (key) do update set claimed_until = excluded.claimed_until
where e.claimed_until <= clock_timestamp()
  and (e.asked_at is null or e.asked_at <= clock_timestamp() - make_interval(secs => $4))
  and (e.retry_at is null or e.retry_at <= clock_timestamp())
returning clock_timestamp() as now`;

/**
 * Takes a question, so that no other server asks it too; returns the moment in ms since 1970. Locks its row for the statement.
 * Undefined: it is answered, another server asks, or the service wants to be left alone.
 */
export async function claimEvidence(db: Db, claim: EvidenceClaim): Promise<number | undefined> {
  const { key, source, question, refreshSeconds } = claim;
  const { rows } = await db.query<{ now: string }>(STATEMENT, [
    key,
    source,
    JSON.stringify(question),
    refreshSeconds,
    CLAIM_SECONDS,
  ]);
  return rows[0] && Date.parse(rows[0].now);
}
