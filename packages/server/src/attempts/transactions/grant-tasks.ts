// Grants inside a transaction that holds the session: what a claim does, and what a finish does with the slots it frees.
import type { SentGrant } from '@towpath/api';
import type { FoundSession } from '../../agents/operations/find-session.ts';
import type { Transaction } from '../../db/database.ts';
import type { Outbox } from '../../events/transactions/publish.ts';
import { lockWantedPools } from '../../pools/operations/lock-wanted-pools.ts';
import { claimTasks } from '../operations/claim-tasks.ts';

/** A live session with free slots. */
export interface GrantRequest {
  readonly session: FoundSession;
  readonly agentId: string;
  readonly slots: number;
}

/**
 * Grants up to `slots` tasks. Locks: the pools that are wanted, tasks and their runs (see
 * claimTasks), runs that begin. Only running runs may be locked before: nothing that holds a pool waits for one.
 */
export async function grantTasks(tx: Transaction, request: GrantRequest, outbox: Outbox): Promise<SentGrant[]> {
  const { agentId, slots } = request;
  const { id: sessionId, environment, host, protocol, hasPools } = request.session;
  const pools = hasPools ? await lockWantedPools(tx, environment) : [];
  const claimed = await claimTasks(tx, { environment, sessionId, agentId, host, slots, protocol, pools });
  for (const runId of new Set(claimed.map((grant) => grant.runId)))
    outbox.events.push({ kind: 'run.changed', environment, runId });
  for (const { runId, attemptId } of claimed)
    outbox.events.push({ kind: 'attempt.changed', environment, runId, attemptId });
  return claimed;
}
