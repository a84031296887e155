// Who asks for this ingestion. The batch id follows from run, task and target, so that a repeated attempt of the same
// task finds the work of one whose COMMIT was lost.
import { createHash, randomUUID } from 'node:crypto';
import type { Environment } from './read-settings.ts';

/** The identity of one ingestion. */
export interface AttemptIdentity {
  /** uuid; the same for every attempt of one task on one target. */
  readonly batchId: string;
  /** Names this attempt in the audit; random without a platform around. */
  readonly attemptId: string;
  /** The platform's run, where there is one. */
  readonly runId: string | undefined;
}

/** Reads TOWPATH_RUN_ID, TOWPATH_TASK_ID and TOWPATH_ATTEMPT; without a run and a task both ids are random. */
export function identifyAttempt(env: Environment, target: string): AttemptIdentity {
  const { TOWPATH_RUN_ID: runId, TOWPATH_TASK_ID: taskId, TOWPATH_ATTEMPT: attempt } = env;
  if (!runId || !taskId)
    return { batchId: randomUUID(), attemptId: attempt || randomUUID(), runId: runId || undefined };
  const batchId = toUuid([runId, taskId, target]);
  return { batchId, attemptId: `${runId}/${taskId}/${attempt || randomUUID()}`, runId };
}

// RFC 9562 section 5.8: version 8 carries bits of our own making, here a SHA-256.
function toUuid(parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
