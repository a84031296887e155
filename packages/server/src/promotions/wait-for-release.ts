// The long poll of an agent: what its environment shall run, as soon as that is not what the session said last.
import type { WatchRelease } from '@towpath/api';
import type { ReleasedDatakit } from '@towpath/core';
import type { z } from 'zod';
import { findSession } from '../agents/operations/find-session.ts';
import { sessionEnded, sessionUnknown } from '../agents/session-errors.ts';
import type { ServerContext } from '../http/server-context.ts';
import { findSessionRelease } from './operations/find-session-release.ts';
import { findWantedPlan, type WantedPlan } from './operations/find-wanted-plan.ts';
import { markPlanner } from './operations/mark-planner.ts';
import { readPlanHours } from './read-plan-hours.ts';

/** A watch that waits at most so long. */
export interface ReleaseWatch {
  readonly sessionId: string;
  readonly agentId: string;
  readonly environment: string;
  readonly waitMs: number;
  /** Its agent can make plans of its deploy command. */
  readonly makesDeployPlans: boolean;
  readonly signal: AbortSignal;
}

/**
 * Answers when there is news for the session, or when the time is over.
 *
 * @throws TowpathError `SESSION_UNKNOWN`, `SESSION_ENDED`
 */
export async function waitForRelease(
  context: ServerContext,
  watch: ReleaseWatch,
): Promise<z.input<(typeof WatchRelease)['reply']>> {
  const { environment, sessionId, waitMs, signal } = watch;
  const hints = context.hints.subscribe([`release:${environment}`, `session:${sessionId}`]);
  const endsAtMs = performance.now() + waitMs;
  try {
    for (;;) {
      await requireSession(context, watch);
      const { desired, reportedId } = await findSessionRelease(context.pool, environment, sessionId);
      const wanted = await findWanted(context, watch);
      const isNews = (desired?.id ?? null) !== reportedId;
      const leftMs = endsAtMs - performance.now();
      if (isNews || wanted?.sha256 === null || leftMs <= 0 || signal.aborted)
        return { isNews, release: desired && copyKits(desired), wantedPlan: wanted ? toWanted(wanted) : null };
      await hints.wait(leftMs, signal);
    }
  } finally {
    hints.close();
  }
}

async function findWanted({ pool }: ServerContext, watch: ReleaseWatch): Promise<WantedPlan | undefined> {
  const { makesDeployPlans, environment, sessionId, agentId } = watch;
  if (!makesDeployPlans) return undefined;
  await markPlanner(pool, sessionId, agentId);
  return findWantedPlan(pool, { environment, agentId, hours: await readPlanHours(pool, environment) });
}

function toWanted({ release, ...wanted }: WantedPlan) {
  return { ...wanted, release: copyKits(release) };
}

function copyKits<T extends { readonly datakits: readonly ReleasedDatakit[] }>(release: T) {
  return { ...release, datakits: [...release.datakits] };
}

async function requireSession({ pool }: ServerContext, key: ReleaseWatch): Promise<void> {
  const session = await findSession(pool, key);
  if (!session) throw sessionUnknown();
  if (session.isEnded) throw sessionEnded();
}
