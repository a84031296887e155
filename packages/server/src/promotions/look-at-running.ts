// One look at a promotion that runs: when all live agents of the environment have the release, it takes effect; when one can't
// load it, or it takes too long, the environment keeps what it had.
import type { PromotionView } from '@towpath/api';
import { failpoint } from '@towpath/core';
import { writeAudit } from '../audit/operations/write-audit.ts';
import type { Transaction } from '../db/database.ts';
import type { Outbox } from '../events/transactions/publish.ts';
import { readClock } from '../schedules/operations/read-clock.ts';
import { breakPromotion } from './break-promotion.ts';
import { beginDeployment } from './operations/begin-deployment.ts';
import { endDeployment } from './operations/end-deployment.ts';
import { endPromotion } from './operations/end-promotion.ts';
import { listObservations, type Observation } from './operations/list-observations.ts';
import { promotionSubject } from './promotion-subject.ts';
import { findCodeProblem, readReleaseCode, replaceEnvironmentCode } from './replace-environment-code.ts';

/** Looks, and acts upon what it sees. The decisions of the environment are locked; the caller publishes. */
export async function lookAtRunning(tx: Transaction, promotion: PromotionView, outbox: Outbox): Promise<void> {
  const { environment, release, askAgainAt } = promotion;
  const observations = await listObservations(tx, environment, release.id);
  const failed = observations.find(isFailed);
  if (failed) return breakPromotion(tx, promotion, describeFailure(failed), outbox);
  if (observations.length > 0 && observations.every(({ report }) => report === 'loaded'))
    return takeEffect(tx, promotion, outbox);
  if (askAgainAt === null || (await readClock(tx)) < Date.parse(askAgainAt)) return;
  const missing = observations.filter(({ report }) => report === null).map(({ agent }) => agent);
  const reason =
    missing.length > 0
      ? `Not all agents have loaded it in time: ${missing.join(', ')}.`
      : 'No agent of the environment was there to load it.';
  await breakPromotion(tx, promotion, { code: 'RELEASE_NOT_OBSERVED', reason }, outbox);
}

type FailedObservation = Observation & { readonly report: { readonly code: string; readonly message: string } };

function isFailed(observation: Observation): observation is FailedObservation {
  return observation.report !== null && observation.report !== 'loaded';
}

function describeFailure({ agent, report: { code, message } }: FailedObservation) {
  return { code, reason: `Agent ${agent} could not load it: ${message}` };
}

async function takeEffect(tx: Transaction, promotion: PromotionView, outbox: Outbox): Promise<void> {
  const { id: promotionId, environment, release, kind } = promotion;
  const code = await readReleaseCode(tx, environment, release.id);
  const problem = findCodeProblem(code);
  if (problem) {
    const reason = [problem.message, problem.reason].filter(Boolean).join(' ');
    return breakPromotion(tx, promotion, { code: problem.code, reason }, outbox);
  }
  if (!(await endPromotion(tx, { promotionId, event: 'observe', code: null, reason: null }))) return;
  await replaceEnvironmentCode(tx, code, outbox);
  await endDeployment(tx, environment, promotionId);
  await beginDeployment(tx, { environment, releaseId: release.id, promotionId });
  failpoint('promotion.take-effect');
  // The environment after it may take it by itself.
  outbox.topics.add('promotions');
  outbox.events.push({ kind: 'environment.changed', environment });
  await writeAudit(tx, {
    actor: { kind: 'policy', name: 'observed' },
    action: 'release.deployed',
    subject: { kind: 'release', id: release.id, name: release.version },
    environment,
    details: { promotion: promotionSubject(promotion).id, kind },
  });
}
