// Which ended runs are worth telling: those that failed, and the first that succeeds after one that did.
import type { Transaction } from '../../db/database.ts';
import type { Outbox } from '../../events/transactions/publish.ts';
import { notify } from '../../notifications/notify.ts';
import type { NewNotification } from '../../notifications/operations/write-notifications.ts';
import type { EndedRun } from '../operations/end-runs.ts';
import { type FirstFailure, listFirstFailures } from '../operations/list-first-failures.ts';

/** Tells of ended runs in the transaction of their end; asks nothing when all went well, as they do before. */
export async function notifyEndedRuns(tx: Transaction, ended: readonly EndedRun[], outbox: Outbox): Promise<void> {
  const failed = ended.filter(({ state }) => state === 'failed');
  const recovered = ended.filter(({ state, previousState }) => state === 'succeeded' && previousState === 'failed');
  if (failed.length + recovered.length === 0) return;
  const failedIds = failed.map(({ id }) => id);
  const failures = failedIds.length === 0 ? [] : await listFirstFailures(tx, failedIds);
  const byRun = new Map(failures.map((failure) => [failure.runId, failure]));
  await notify(tx, [...failed.map((run) => toFailed(run, byRun.get(run.id))), ...recovered.map(toRecovered)], outbox);
}

function toFailed(run: EndedRun, first: FirstFailure | undefined): NewNotification {
  const { environment, id: runId, runNumber, pipeline } = run;
  const why = { task: first?.taskId ?? null, reasonCode: first?.reasonCode ?? null };
  return { environment, facts: { kind: 'run.failed', runId, runNumber, pipeline, ...why } };
}

function toRecovered({ environment, id: runId, runNumber, pipeline }: EndedRun): NewNotification {
  return { environment, facts: { kind: 'run.recovered', runId, runNumber, pipeline } };
}
