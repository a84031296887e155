// A log grows at its end only; what the server has already is skipped, so a repeated append changes nothing.
import { isTerminalAttemptState, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { type Transaction, withFrequentTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { attemptUnknown } from '../attempt-unknown.ts';
import { LogOffsetWrong } from '../log-offset-wrong.ts';
import { insertLogChunk } from '../operations/insert-log-chunk.ts';
import { type LockedLog, lockAttemptLog } from '../operations/lock-attempt-log.ts';

/** Bytes at an offset, sent by the holder of an epoch. */
export interface LogAppend {
  readonly attemptId: string;
  readonly agentId: string;
  readonly epoch: number;
  readonly offset: number;
  readonly bytes: Buffer;
}

/**
 * Appends and returns the length of the log. Locks: the attempt.
 *
 * @throws TowpathError `ATTEMPT_UNKNOWN`, `ATTEMPT_STALE`, `LOG_OFFSET_WRONG` (with the true length), `ATTEMPT_ENDED`
 */
export function appendLog(pool: pg.Pool, append: LogAppend): Promise<number> {
  const { attemptId, agentId, epoch, offset, bytes } = append;
  return withFrequentTransaction(pool, 'append-log', async (tx) => {
    const log = await lockAttemptLog(tx, attemptId, agentId);
    if (!log) throw attemptUnknown(attemptId);
    if (log.epoch !== epoch) throw attemptStale(epoch, log.epoch);
    const { lengthBytes } = log;
    if (offset > lengthBytes) throw new LogOffsetWrong(offset, lengthBytes);
    const rest = bytes.subarray(lengthBytes - offset);
    if (rest.length === 0) return lengthBytes;
    if (isTerminalAttemptState(log.state) && !log.isAwaitingLate) throw attemptEnded(lengthBytes);
    await writeChunk(tx, log, { attemptId, startOffset: lengthBytes, bytes: rest });
    return lengthBytes + rest.length;
  });
}

async function writeChunk(
  tx: Transaction,
  { environment, runId }: LockedLog,
  chunk: { readonly attemptId: string; readonly startOffset: number; readonly bytes: Buffer },
): Promise<void> {
  await insertLogChunk(tx, chunk);
  const outbox = createOutbox();
  outbox.events.push({ kind: 'log.appended', environment, runId, attemptId: chunk.attemptId });
  outbox.topics.add(`log:${chunk.attemptId}`);
  await publish(tx, outbox);
}

function attemptStale(epoch: number, current: number): TowpathError {
  return new TowpathError({
    code: 'ATTEMPT_STALE',
    message: 'Another session holds this attempt.',
    cause: `The epoch is ${epoch}; it is ${current} now.`,
    fix: 'Stop the work on it.',
  });
}

function attemptEnded(length: number): TowpathError {
  return new TowpathError({
    code: 'ATTEMPT_ENDED',
    message: 'The attempt has ended; its log is complete.',
    cause: `The log has ${length} bytes.`,
    fix: 'Send all of a log before its finish is reported.',
  });
}
