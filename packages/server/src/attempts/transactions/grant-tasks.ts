// Grants inside a transaction that holds the session: what a claim does, and what a finish does with the slots it frees.
import type { FoundSession } from '../../agents/operations/find-session.ts';
import type { Transaction } from '../../db/database.ts';
import type { Outbox } from '../../events/transactions/publish.ts';
import { lockWantedPools } from '../../pools/operations/lock-wanted-pools.ts';
import { markRunsRunning } from '../../runs/operations/mark-runs-running.ts';
import { claimTasks } from '../operations/claim-tasks.ts';

/** A live session with free slots. */
export interface GrantRequest {
  readonly session: FoundSession;
  readonly agentId: string;
  readonly slots: number;
}

/**
 * Grants up to `slots` tasks; returns the ids of their attempts. Locks: the pools that are wanted, tasks and their runs (see
 * claimTasks), runs that begin. Only running runs may be locked before: nothing that holds a pool waits for one.
 */
export async function grantTasks(tx: Transaction, request: GrantRequest, outbox: Outbox): Promise<string[]> {
  const { agentId, slots } = request;
  const { id: sessionId, environment, host, protocol, hasPools } = request.session;
  const pools = hasPools ? await lockWantedPools(tx, environment) : [];
  const claimed = await claimTasks(tx, { environment, sessionId, agentId, host, slots, protocol, pools });
  if (claimed.length === 0) return [];
  const runIds = [...new Set(claimed.map(({ runId }) => runId))];
  await markRunsRunning(tx, runIds);
  for (const runId of runIds) outbox.events.push({ kind: 'run.changed', environment, runId });
  for (const attempt of claimed) outbox.events.push({ kind: 'attempt.changed', environment, ...attempt });
  return claimed.map(({ attemptId }) => attemptId);
}
