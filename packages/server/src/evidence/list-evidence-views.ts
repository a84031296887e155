import type { EvidenceView } from '@towpath/api';
import type pg from 'pg';
import type { Db } from '../db/database.ts';
import { withSnapshot } from '../db/database.ts';
import { findLivePromotion } from '../promotions/operations/find-live-promotion.ts';
import { findTarget } from '../promotions/operations/find-target.ts';
import { findRelease } from '../releases/operations/find-release.ts';
import { releaseUnknown } from '../releases/release-errors.ts';
import { environmentUnknown } from '../runs/run-errors.ts';
import { findEvidence } from './operations/find-evidence.ts';
import { toEvidenceView } from './to-evidence-view.ts';
import { readWanted, type WantedEvidence } from './wanted-evidence.ts';

/** Which evidence. */
export interface EvidenceKey {
  readonly releaseId: string;
  readonly environment: string;
  /** Absent: that of the promotion of the release that waits there. */
  readonly changeRecord?: string | undefined;
}

/**
 * Questions about a release and what was said to them last.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `RELEASE_UNKNOWN`
 */
export function listEvidenceViews(pool: pg.Pool, key: EvidenceKey): Promise<EvidenceView[]> {
  return withSnapshot(pool, async (tx) => {
    const { policy, questions } = await requireWanted(tx, key);
    const known = new Map(
      (
        await findEvidence(
          tx,
          questions.map((one) => one.key),
        )
      ).map((one) => [one.key, one]),
    );
    return questions.map((question) => toEvidenceView(policy.evidence, question, known.get(question.key) ?? NOT_ASKED));
  });
}

const NOT_ASKED = { askedAt: null, answer: null, error: null, excerpt: null, link: null };

/** The questions. @throws TowpathError `ENVIRONMENT_UNKNOWN`, `RELEASE_UNKNOWN` */
export async function requireWanted(
  db: Db,
  { releaseId, environment, changeRecord }: EvidenceKey,
): Promise<WantedEvidence> {
  if (!(await findTarget(db, environment))) throw environmentUnknown(environment);
  if (!(await findRelease(db, releaseId))) throw releaseUnknown(releaseId);
  const live = await findLivePromotion(db, environment);
  const named = live?.release.id === releaseId ? live.changeRecord : null;
  const wanted = await readWanted(db, { releaseId, environment, changeRecord: changeRecord ?? named });
  if (!wanted) throw releaseUnknown(releaseId);
  return wanted;
}
