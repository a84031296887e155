// A person asks for a release in an environment. Its gates are judged at once, so the answer says what it waits for.
import type { PromotionView } from '@towpath/api';
import type pg from 'pg';
import { findHuman } from '../../access/operations/find-human.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { findRelease } from '../../releases/operations/find-release.ts';
import { releaseUnknown } from '../../releases/release-errors.ts';
import { readClock } from '../../schedules/operations/read-clock.ts';
import type { HolidayBook } from '../holiday-book.ts';
import { judgeRequest } from '../judge-request.ts';
import { openLocked } from '../open-locked.ts';
import { findLivePromotion } from '../operations/find-live-promotion.ts';
import type { PromotionTarget } from '../operations/find-target.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { type Promoter, requirePromoter } from '../promoter.ts';
import { promotionHopeless, promotionRunning } from '../promotion-errors.ts';
import { requireNewest } from '../require-newest.ts';
import { supersede } from '../supersede.ts';

/** What is asked for. */
export interface PromotionRequest {
  readonly releaseId: string;
  readonly environment: string;
  readonly rollbackPlan?: string | undefined;
  readonly changeRecord?: string | undefined;
  readonly notBefore?: string | undefined;
  readonly note?: string | undefined;
  /** Absent: it goes the ordinary way. */
  readonly emergency?: { readonly reason: string } | undefined;
  /** It is to be the last word about this promotion, which failed technically. */
  readonly retryOf?: string | undefined;
  readonly by: Promoter;
}

/**
 * Opens a promotion and returns it as its gates leave it. The same request while it waits is the same promotion; another one
 * takes its place, unless its gates deny it at once: what waits for nothing takes nobody's place. Locks: the decisions about the environment.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `RELEASE_UNKNOWN`, `PERMISSION_DENIED`, `PROMOTION_RUNNING`, `PROMOTION_DENIED`, `RELEASE_ALREADY_DEPLOYED`, `PROMOTION_NOT_RETRIABLE`
 */
export async function openPromotion(
  pool: pg.Pool,
  book: HolidayBook,
  request: PromotionRequest,
): Promise<PromotionView> {
  await book.load();
  return withTransaction(pool, 'open-promotion', async (tx) => {
    const { environment, by } = request;
    await lockDecisions(tx, environment);
    const target = await requirePromoter(tx, environment, by);
    const live = await findLivePromotion(tx, environment);
    if (live && isSame(live, request)) return live;
    if (request.retryOf !== undefined) await requireNewest(tx, environment, request.retryOf);
    if (live?.state === 'running') throw promotionRunning(live);
    const outbox = createOutbox();
    if (live) {
      await requireHope(tx, book, { request, target, live });
      await supersede(tx, live, by.name, outbox);
    }
    const opening = { ...request, target, actor: { kind: 'person', name: by.name } as const };
    const opened = await openLocked(tx, book, { ...opening, behind: await findHuman(tx, by) }, outbox);
    await publish(tx, outbox);
    return opened;
  });
}

interface Newcomer {
  readonly request: PromotionRequest;
  readonly target: PromotionTarget;
  readonly live: PromotionView;
}

async function requireHope(tx: Transaction, book: HolidayBook, { request, target, live }: Newcomer): Promise<void> {
  const release = await findRelease(tx, request.releaseId);
  if (!release) throw releaseUnknown(request.releaseId);
  const asked = { ...request, by: request.by, release, target, atMs: await readClock(tx) };
  const { decision, verdicts } = (await judgeRequest(tx, book, asked)).judgement;
  if (decision !== 'deny') return;
  const denied = verdicts.filter((verdict) => verdict.decision === 'deny').map(({ gate, code }) => `${gate} (${code})`);
  throw promotionHopeless(live, release.version, denied);
}

function isSame(live: PromotionView, request: PromotionRequest): boolean {
  return (
    live.kind === 'promotion' &&
    live.release.id === request.releaseId &&
    live.requestedBy === request.by.name &&
    live.emergency?.reason === request.emergency?.reason &&
    (live.rollbackPlan ?? '') === (request.rollbackPlan ?? '') &&
    live.changeRecord === (request.changeRecord ?? null) &&
    toMs(live.notBefore) === toMs(request.notBefore)
  );
}

function toMs(instant: string | null | undefined): number {
  return instant ? Date.parse(instant) : 0;
}
