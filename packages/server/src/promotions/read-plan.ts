// What a promotion would do and what its gates would say, now or at another moment. The same code as when it is carried out.
import type { PlanPromotion, ReleaseName, ReleaseView } from '@towpath/api';
import type pg from 'pg';
import type { z } from 'zod';
import { withSnapshot } from '../db/database.ts';
import { findRelease } from '../releases/operations/find-release.ts';
import { releaseUnknown } from '../releases/release-errors.ts';
import { environmentUnknown } from '../runs/run-errors.ts';
import { readClock } from '../schedules/operations/read-clock.ts';
import type { HolidayBook } from './holiday-book.ts';
import { judgeRequest } from './judge-request.ts';
import { findTarget } from './operations/find-target.ts';
import type { Promoter } from './promoter.ts';
import { toEmergencyView } from './to-emergency.ts';
import { toInstant, toVerdictView } from './to-verdict-view.ts';

/** What is asked. */
export interface PlanRequest {
  readonly releaseId: string;
  readonly environment: string;
  readonly rollbackPlan?: string | undefined;
  readonly emergency?: { readonly reason: string } | undefined;
  readonly changeRecord?: string | undefined;
  /** Absent: now. */
  readonly at?: string | undefined;
  /** Who would ask for it. */
  readonly by: Pick<Promoter, 'name' | 'tokenId'>;
}

type Planned = z.input<(typeof PlanPromotion)['reply']>;

/**
 * Plans and judges. Changes nothing, locks nothing.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `RELEASE_UNKNOWN`
 */
export async function readPlan(pool: pg.Pool, book: HolidayBook, request: PlanRequest): Promise<Planned> {
  await book.load();
  return withSnapshot(pool, async (tx) => {
    const { releaseId, environment, at, ...rest } = request;
    const release = await findRelease(tx, releaseId);
    if (!release) throw releaseUnknown(releaseId);
    const target = await findTarget(tx, environment);
    if (!target) throw environmentUnknown(environment);
    const atMs = at === undefined ? await readClock(tx) : Date.parse(at);
    const judged = await judgeRequest(tx, book, { ...rest, release, target, atMs });
    const { from, plan, emergency, policyVersion } = judged;
    const { decision, askAgainAtMs, verdicts } = judged.judgement;
    return {
      release: toName(release),
      from: from ? toName(from) : null,
      plan: structuredClone(plan) as Planned['plan'],
      emergency: emergency && toEmergencyView(emergency),
      at: new Date(atMs).toISOString(),
      decision,
      askAgainAt: toInstant(askAgainAtMs),
      verdicts: verdicts.map(toVerdictView),
      policyVersion,
    };
  });
}

function toName({ id, project, version }: ReleaseView): ReleaseName {
  return { id, project, version };
}
