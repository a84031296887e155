// A person's word ends an uncertain attempt sooner than the policy would.
import { type TaskState, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { attemptUnknown } from '../../logs/attempt-unknown.ts';
import { findTaskState } from '../../runs/operations/find-task-state.ts';
import { type LockedRun, lockRuns } from '../../runs/operations/lock-runs.ts';
import { type FoundAttempt, findAttempt } from '../operations/find-attempts.ts';
import { auditGivenUp } from './audit-given-up.ts';
import { endLockedAttempts } from './end-locked-attempts.ts';

/** Who gives which attempt up. */
export interface GiveUpRequest {
  readonly attemptId: string;
  readonly by: string;
}

/** What became of its task: `ready` when it will be tried again. */
export interface GivenUpTask {
  readonly runId: string;
  readonly taskId: string;
  readonly taskState: TaskState;
}

/**
 * Ends an uncertain attempt. Locks: the run, the attempt, its task, then its dependants.
 *
 * @throws TowpathError `ATTEMPT_UNKNOWN`, `ATTEMPT_NOT_UNCERTAIN`
 */
export function giveUpAttempt(pool: pg.Pool, request: GiveUpRequest): Promise<GivenUpTask> {
  const { attemptId } = request;
  return withTransaction(pool, async (tx) => {
    const before = await findAttempt(tx, attemptId);
    const [run] = before ? await lockRuns(tx, [before.runId]) : [];
    if (!before || !run) throw attemptUnknown(attemptId);
    if (!(await endGivenUp(tx, run, request))) throw notUncertain(await findAttempt(tx, attemptId));
    const { runId, taskId } = before;
    const actor = { kind: 'person' as const, name: request.by };
    await auditGivenUp(tx, actor, { attemptId, runId, taskId, ...toReason(request) });
    return { runId, taskId, taskState: await findTaskState(tx, runId, taskId) };
  });
}

async function endGivenUp(tx: Transaction, run: LockedRun, { attemptId, by }: GiveUpRequest): Promise<boolean> {
  const outbox = createOutbox();
  const ending = {
    attemptId,
    outcome: 'errored' as const,
    exitCode: null,
    ...toReason({ attemptId, by }),
    result: null,
    givenUp: { by },
  };
  const ended = await endLockedAttempts(tx, [run], [ending], outbox);
  if (ended.size === 0) return false;
  await publish(tx, outbox);
  return true;
}

function toReason({ by }: GiveUpRequest) {
  return { reasonCode: 'GIVEN_UP', reason: `${by} gave it up while its agent was silent.` };
}

function notUncertain(attempt: FoundAttempt | undefined): TowpathError {
  return new TowpathError({
    code: 'ATTEMPT_NOT_UNCERTAIN',
    message: 'Only an uncertain attempt can be given up.',
    cause: `It is ${attempt?.state ?? 'gone'}: ${attempt?.reason ?? 'its agent speaks for it'}.`,
    fix: 'To end what runs, cancel the run.',
  });
}
