// What a server does besides answering: each part looks at the database, acts, and sleeps. Every server runs all of them.
import type pg from 'pg';
import { runLeaseReconciler } from './agents/lease-reconciler.ts';
import { runAbsenceReconciler } from './alerts/absence-reconciler.ts';
import { runAuditChainer } from './audit/audit-chainer.ts';
import type { AuditSigner } from './audit/audit-signer.ts';
import type { EvidenceDesk } from './evidence/evidence-desk.ts';
import { runEvidenceReconciler } from './evidence/evidence-reconciler.ts';
import type { Hints } from './hints/hints.ts';
import type { HolidayBook } from './promotions/holiday-book.ts';
import { runPromotionReconciler } from './promotions/promotion-reconciler.ts';
import { runRetentionSweeper } from './retention/retention-sweeper.ts';
import { runScheduleReconciler } from './schedules/schedule-reconciler.ts';

/** What they work with. */
export interface ReconcilerOptions {
  readonly pool: pg.Pool;
  readonly hints: Hints;
  readonly holidays: HolidayBook;
  readonly evidence: EvidenceDesk;
  readonly auditSigner: AuditSigner | undefined;
  readonly lostAfterSeconds: number;
  /** 0: nothing is deleted. */
  readonly retentionDays: number;
  readonly signal: AbortSignal;
  /** Told of what failed, in words for the log; it is tried again. */
  readonly onError: (thrown: unknown, what: string) => void;
}

/** Runs them until the signal fires; resolves when all have ended. */
export async function runReconcilers(options: ReconcilerOptions): Promise<void> {
  const {
    holidays: book,
    evidence: desk,
    auditSigner: signer,
    lostAfterSeconds,
    retentionDays: days,
    onError,
  } = options;
  const told = (what: string) => ({ ...options, onError: (thrown: unknown) => onError(thrown, what) });
  await Promise.all([
    runLeaseReconciler({ ...told('leases could not be checked'), lostAfterSeconds }),
    runAuditChainer({ ...told('the audit could not be linked'), signer }),
    runScheduleReconciler(told('schedules could not tick')),
    runAbsenceReconciler(told('what is absent could not be looked for')),
    runPromotionReconciler({ ...told('promotions could not go on'), book }),
    runEvidenceReconciler({ ...told('evidence could not be gathered'), desk }),
    days === 0 ? undefined : runRetentionSweeper({ ...told('what is old could not be deleted'), days }),
  ]);
}
