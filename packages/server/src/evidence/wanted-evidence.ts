// Which questions the policy in force has about a release on its way into an environment, and what is known of them.

import { createHash } from 'node:crypto';
import {
  type EvidenceFacts,
  type EvidenceSubject,
  findRules,
  formatQuestionKey,
  listQuestions,
  type PromotionPolicy,
  type PromotionRules,
  type SourceQuestion,
  toEvidenceFacts,
} from '@towpath/core';
import type { Db } from '../db/database.ts';
import { findPolicy } from '../promotions/operations/find-policy.ts';
import { findSource } from '../promotions/operations/find-source.ts';
import { findTarget } from '../promotions/operations/find-target.ts';
import { findRelease } from '../releases/operations/find-release.ts';
import { readClock } from '../schedules/operations/read-clock.ts';
import { findEvidence } from './operations/find-evidence.ts';

/** A question with the key of its row. */
export interface KeyedQuestion extends SourceQuestion {
  readonly key: string;
}

/** Questions, and where they go. */
export interface WantedEvidence {
  readonly policy: PromotionPolicy;
  readonly rules: PromotionRules;
  readonly questions: readonly KeyedQuestion[];
}

/** A release that is to come somewhere. */
export interface EvidenceRequest {
  readonly releaseId: string;
  readonly environment: string;
  readonly changeRecord: string | null;
}

/** Lists the questions. Undefined: environment or release is unknown. */
export async function readWanted(
  db: Db,
  { releaseId, environment, changeRecord }: EvidenceRequest,
): Promise<WantedEvidence | undefined> {
  const { policy } = await findPolicy(db);
  const target = await findTarget(db, environment);
  const release = target && (await findRelease(db, releaseId));
  if (!target || !release) return undefined;
  const { version, bill } = release;
  const source = await findSource(db, environment, releaseId);
  const startedAt = source?.deployment?.startedAt;
  const deployedAt = startedAt === undefined ? null : new Date(startedAt).toISOString();
  const rules = findRules(policy, target);
  const subject = { environment, version, commit: bill.gitSha, changeRecord, deployedAt };
  return { policy, rules, questions: listKeyed(policy, rules, subject) };
}

function listKeyed(policy: PromotionPolicy, rules: PromotionRules, subject: EvidenceSubject): readonly KeyedQuestion[] {
  return listQuestions(rules, subject).map((asked) => {
    const key = createHash('sha256').update(formatQuestionKey(asked, policy.evidence)).digest('hex');
    return { ...asked, key };
  });
}

/** What sources said last about a subject, as far as it is fresh now. Asks nobody. */
export async function readEvidenceFacts(
  db: Db,
  { policy, rules }: Pick<WantedEvidence, 'policy' | 'rules'>,
  subject: EvidenceSubject,
): Promise<EvidenceFacts> {
  const questions = listKeyed(policy, rules, subject);
  const known = new Map(
    (
      await findEvidence(
        db,
        questions.map(({ key }) => key),
      )
    ).map((one) => [one.key, one]),
  );
  const keys = new Map<SourceQuestion, string>(questions.map((question) => [question, question.key]));
  const find = (question: SourceQuestion) => {
    const found = known.get(keys.get(question) ?? '');
    if (!found || found.askedAt === null) return undefined;
    const { askedAt, answer, error, link } = found;
    return { askedAtMs: Date.parse(askedAt), answer, error: error?.message ?? null, link };
  };
  // Fresh is what is fresh now, also when another moment is asked about.
  const nowMs = questions.length === 0 ? 0 : await readClock(db);
  return toEvidenceFacts({ rules, sources: policy.evidence, questions, find }, nowMs);
}
