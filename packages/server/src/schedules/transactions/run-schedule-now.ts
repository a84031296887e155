import { formatLocalDay, TOWPATH, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { scheduleSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { planRun } from '../../runs/transactions/plan-run.ts';
import { getLockedSchedule } from '../get-schedule.ts';
import { findLiveRun, type LiveRun } from '../operations/find-live-run.ts';
import { readClock } from '../operations/read-clock.ts';

/** Who wants a run of a schedule now. */
export interface RunNowRequest {
  readonly scheduleId: string;
  readonly createdBy: string;
  readonly note?: string | undefined;
}

/**
 * Plans a run as the schedule would, standing for this moment, and returns its id. Locks: the schedule, then the
 * environment. Not idempotent, but a second call finds the run of the first, unless that has ended.
 *
 * @throws TowpathError `SCHEDULE_UNKNOWN`, `SCHEDULE_RUNNING`, `PIPELINE_UNKNOWN`, `PARAMETERS_INVALID`
 */
export function runScheduleNow(pool: pg.Pool, { scheduleId, createdBy, note }: RunNowRequest): Promise<string> {
  return withTransaction(pool, async (tx) => {
    const stored = await getLockedSchedule(tx, scheduleId);
    const { environment, codeLocation, pipeline, definition } = stored;
    const live = await findLiveRun(tx, scheduleId);
    if (live) throw scheduleRunning(`${pipeline}/${definition.name}`, live);
    const nowMs = await readClock(tx);
    const logical = { at: new Date(nowMs).toISOString(), date: formatLocalDay(nowMs, definition.timeZone) };
    const { parameters } = definition;
    const place = { environment, codeLocation, pipeline };
    const outbox = createOutbox();
    const runId = await planRun(
      tx,
      { ...place, trigger: 'manual', scheduleId, createdBy, note, parameters, logical },
      outbox,
    );
    outbox.events.push({ kind: 'schedule.changed', environment });
    await publish(tx, outbox);
    await writeAudit(tx, {
      actor: { kind: 'person', name: createdBy },
      action: 'schedule.run-now',
      subject: scheduleSubject(stored),
      environment,
      why: note,
      details: { runId },
    });
    return runId;
  });
}

function scheduleRunning(name: string, live: LiveRun): TowpathError {
  return new TowpathError({
    code: 'SCHEDULE_RUNNING',
    message: `Schedule ${name} has a run that has not ended: #${live.number}.`,
    cause: 'A schedule never has two runs at once.',
    fix: `Wait for its end, or end it by \`${TOWPATH} cancel ${live.number}\`; \`${TOWPATH} run\` starts one besides the schedule.`,
  });
}
