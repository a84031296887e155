// The full refresh of a rollback begins: one run, whoever dies and however many servers see that it is time.
import type { PromotionView } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type pg from 'pg';
import { runSubject } from '../../audit/audit-subjects.ts';
import { limitDetail } from '../../audit/limit-detail.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { findPipeline } from '../../code/operations/find-pipeline.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, type Outbox, publish } from '../../events/transactions/publish.ts';
import { findRun } from '../../runs/operations/find-run.ts';
import { planRun } from '../../runs/transactions/plan-run.ts';
import { getPromotion } from '../get-promotion.ts';
import type { DueRefresh } from '../operations/list-due-refreshes.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { type RefreshStart, writeRefreshStart } from '../operations/write-refresh-start.ts';
import { toRefreshParameters } from '../plan-refresh.ts';
import { promotionSubject } from '../promotion-subject.ts';
import { RELEASE_LOCATION } from '../replace-environment-code.ts';

type Refresh = NonNullable<PromotionView['refresh']>;

/**
 * Starts the run of a full refresh whose rollback has taken effect, or keeps why it can't be. Locks: the decisions about the
 * environment, then as planning a run. Idempotent: who comes second finds it started.
 */
export async function startRefresh(pool: pg.Pool, { promotionId, environment }: DueRefresh): Promise<void> {
  await withTransaction(pool, 'start-refresh', async (tx) => {
    await lockDecisions(tx, environment);
    const promotion = await getPromotion(tx, promotionId);
    const { refresh, state } = promotion;
    if (refresh?.state !== 'waiting' || state !== 'succeeded') return;
    const outbox = createOutbox();
    const start = await plan(tx, promotion, refresh, outbox);
    if (!(await writeRefreshStart(tx, promotionId, start))) throw new Error(`refresh of ${promotionId} began unlocked`);
    await audit(tx, promotion, refresh, start);
    outbox.events.push({ kind: 'environment.changed', environment });
    await publish(tx, outbox);
  });
}

/** Nothing was written yet where it is a problem. */
async function plan(
  tx: Transaction,
  { environment, release, requestedBy, note }: PromotionView,
  { pipeline, models, between }: Refresh,
  outbox: Outbox,
): Promise<RefreshStart> {
  const place = { environment, pipeline, codeLocation: RELEASE_LOCATION };
  // Another release came in meanwhile: its pipeline would make something else.
  const code = await findPipeline(tx, place);
  if (code && code.releaseId !== release.id) return { problem: overtaken(environment, release.version) };
  const parameters = toRefreshParameters({ models, between });
  const why = `Full refresh after the rollback to ${release.version}${note ? `: ${note}` : ''}`;
  const request = { ...place, trigger: 'manual', createdBy: requestedBy, parameters, note: why } as const;
  try {
    return { runId: await planRun(tx, request, outbox) };
  } catch (thrown) {
    if (!(thrown instanceof TowpathError)) throw thrown;
    return { problem: { code: thrown.code, message: [thrown.message, thrown.reason].filter(Boolean).join(' ') } };
  }
}

function overtaken(environment: string, version: string) {
  return {
    code: 'REFRESH_OVERTAKEN',
    message: `${environment} runs another release than ${version} by now, so nothing was made anew.`,
  };
}

async function audit(tx: Transaction, promotion: PromotionView, refresh: Refresh, start: RefreshStart): Promise<void> {
  const entry = { actor: { kind: 'policy', name: 'observed' }, environment: promotion.environment } as const;
  const details = { promotion: promotion.id, pipeline: refresh.pipeline, models: limitDetail(refresh.models) };
  const run = 'runId' in start ? await findRun(tx, { runId: start.runId }) : undefined;
  if (run) {
    const { graphHash, parameters, note } = run;
    const more = { ...details, graphHash, parameters: limitDetail(parameters) };
    await writeAudit(tx, { ...entry, action: 'run.started', subject: runSubject(run), why: note, details: more });
  } else if ('problem' in start) {
    const { code, message } = start.problem;
    const more = { ...details, code };
    await writeAudit(tx, {
      ...{ ...entry, action: 'refresh.refused', subject: promotionSubject(promotion) },
      ...{ why: message, details: more },
    });
  }
}
