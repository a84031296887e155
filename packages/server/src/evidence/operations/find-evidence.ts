import { EvidenceAnswerSchema } from '@towpath/api';
import type { EvidenceAnswer } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** The last word of a source. */
export interface EvidenceRecord {
  readonly key: string;
  /** Null: it has not been asked yet. */
  readonly askedAt: string | null;
  readonly answer: EvidenceAnswer | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly excerpt: string | null;
  readonly link: string | null;
}

interface Row {
  readonly key: string;
  readonly asked_at: string | null;
  readonly answer: unknown;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly excerpt: string | null;
  readonly link: string | null;
}

const STATEMENT = `
select key, asked_at, answer, error_code, error_message, excerpt, link from evidence where key = any ($1)`;

/** What is known of questions, in no order; of one that nobody asked there is nothing. Uses evidence_pkey; locks nothing. */
export async function findEvidence(db: Db, keys: readonly string[]): Promise<readonly EvidenceRecord[]> {
  if (keys.length === 0) return [];
  const { rows } = await db.query<Row>(STATEMENT, [keys]);
  return rows.map(({ key, asked_at: askedAt, answer, error_code: code, error_message: message, excerpt, link }) => ({
    key,
    askedAt,
    answer: answer === null ? null : EvidenceAnswerSchema.parse(answer),
    error: code === null || message === null ? null : { code, message },
    excerpt,
    link,
  }));
}
