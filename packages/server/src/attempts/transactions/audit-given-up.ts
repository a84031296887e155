// Both ways to give an attempt up leave the same entry.
import type { AuditActor } from '@towpath/core';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import type { Transaction } from '../../db/database.ts';
import { getRun } from '../../runs/get-run.ts';

/** An attempt that was given up, and why. */
export interface GivenUpAttempt {
  readonly attemptId: string;
  readonly runId: string;
  readonly taskId: string;
  readonly reasonCode: string;
  readonly reason: string;
}

/** Writes that an attempt was given up, by a person or by policy. */
export async function auditGivenUp(tx: Transaction, actor: AuditActor, attempt: GivenUpAttempt): Promise<void> {
  const { attemptId, runId, taskId, reasonCode, reason } = attempt;
  const { name, environment } = await getRun(tx, { runId });
  await writeAudit(tx, {
    actor,
    action: 'attempt.given-up',
    subject: { kind: 'attempt', id: attemptId, name: `${taskId} of ${name}` },
    environment,
    why: reason,
    details: { runId, taskId, reasonCode },
  });
}
