import type { EvidenceAnswer } from '@towpath/core';
import type { Db } from '../../db/database.ts';
import { HINT_CHANNEL, type Topic } from '../../hints/hints.ts';

/** What became of a question. */
export interface SavedEvidence {
  readonly key: string;
  /** When it was sent, in ms since 1970. */
  readonly askedAtMs: number;
  readonly answer: EvidenceAnswer | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly retryAfterSeconds: number | null;
  readonly excerpt: string | null;
  readonly link: string | null;
}

const TOPIC: Topic = 'promotions';

const STATEMENT = `
with saved as (
  update evidence
  set asked_at = $2, answer = $3, error_code = $4, error_message = $5, excerpt = $7, link = $8, claimed_until = clock_timestamp(),
      retry_at = clock_timestamp() + make_interval(secs => $6)
  where key = $1 and (asked_at is null or asked_at < $2)
  returning key
)
select pg_notify($9, $10) from saved`;

/**
 * Keeps the last word of a source and wakes whoever waits for it. Uses evidence_pkey. A word that was asked for later stays; then
 * nobody is woken.
 */
export async function saveEvidence(db: Db, saved: SavedEvidence): Promise<void> {
  const { key, askedAtMs, answer, error, retryAfterSeconds, excerpt, link } = saved;
  await db.query(STATEMENT, [
    key,
    new Date(askedAtMs).toISOString(),
    answer === null ? null : JSON.stringify(answer),
    error?.code ?? null,
    error?.message ?? null,
    retryAfterSeconds,
    excerpt,
    link,
    HINT_CHANNEL,
    TOPIC,
  ]);
}
