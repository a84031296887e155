// What is said about one attempt, each saying repeated until it is answered, always under the epoch of that moment.
import { ApiError, AppendLog, type Execution } from '@towpath/api';
import { failpoint } from '@towpath/core';
import type { AttemptEnd } from '../executors/executor.ts';
import { untilAborted } from '../session/until-aborted.ts';
import { cleanText } from '../session/wire-text.ts';
import type { LogTail } from './log-shipper.ts';
import type { ReportChannel, StaleReply } from './report-channel.ts';

/** The attempt is not ours any more: its work must stop and its end is of no interest. */
export class AttemptNotOurs extends Error {}

/** The attempt that is spoken of. */
export interface ReportSubject {
  readonly attemptId: string;
  /** Grows when a new session takes the attempt over. */
  epoch(): number;
  readonly signal: AbortSignal;
}

/** Reports the start. @throws AttemptNotOurs */
export async function reportStarted(channel: ReportChannel, subject: ReportSubject): Promise<void> {
  const { attemptId } = subject;
  failpoint('report-start.before');
  await askAsOwner(channel, subject, (epoch) => channel.starts.add({ attemptId, epoch }));
  failpoint('report-start.after');
}

/** Appends to the log; returns the length the server has then. @throws AttemptNotOurs */
export async function appendLog(
  { client, link, session }: ReportChannel,
  { attemptId, epoch: currentEpoch, signal }: ReportSubject,
  chunk: { readonly offset: number; readonly bytes: Uint8Array<ArrayBuffer> },
): Promise<number> {
  for (;;) {
    const epoch = currentEpoch();
    const input = { params: { attemptId }, query: { offset: chunk.offset, epoch }, bytes: chunk.bytes };
    failpoint('ship-log.before');
    const length = await link
      .ask((callSignal) => client.call(AppendLog, { ...input, signal: callSignal }), { signal })
      .then((reply) => reply.length, readTrueLength);
    failpoint('ship-log.after');
    if (length !== undefined) return length;
    // A session that is being opened right now may have raised the epoch before we heard of it.
    await session.get(signal);
    if (currentEpoch() === epoch) throw new AttemptNotOurs();
  }
}

/** The length in a refusal that only corrects the offset; undefined when the epoch is refused. */
function readTrueLength(thrown: unknown): number | undefined {
  if (!(thrown instanceof ApiError)) throw thrown;
  if (thrown.code === 'LOG_OFFSET_WRONG') return thrown.problem.length ?? 0;
  if (thrown.code === 'ATTEMPT_STALE') return undefined;
  if (thrown.code === 'ATTEMPT_ENDED' || thrown.code === 'ATTEMPT_UNKNOWN') throw new AttemptNotOurs();
  throw thrown;
}

/** Statuses that are about the words of a report, not about who says them or when. */
const UNACCEPTABLE: readonly number[] = [400, 413, 422];

/** What the server made of a finish. */
export type FinishReply =
  | { readonly kind: 'accepted' }
  /** The server lacks some of the log. */
  | { readonly kind: 'log-incomplete' }
  /** It can't be said like this, however often it is repeated. */
  | { readonly kind: 'unacceptable'; readonly why: ApiError };

/** An end, with how much of the log is told by it. */
export interface EndReport {
  readonly end: AttemptEnd;
  readonly logLengthBytes: number;
  /** The last bytes of the log. */
  readonly tail: LogTail | undefined;
  readonly executedMs: number | undefined;
  readonly execution: Execution;
}

/** Reports the end. @throws AttemptNotOurs */
export async function reportFinished(
  channel: ReportChannel,
  subject: ReportSubject,
  { end, logLengthBytes, tail, executedMs, execution }: EndReport,
): Promise<FinishReply> {
  const { attemptId } = subject;
  const log = tail && { offset: tail.offset, bytes: Buffer.from(tail.bytes).toString('base64') };
  failpoint('report-finish.before');
  try {
    await askAsOwner(channel, subject, (epoch) =>
      channel.finishes.add({
        ...toWire(end),
        attemptId,
        epoch,
        logLengthBytes,
        execution,
        ...(log && { log }),
        ...(executedMs !== undefined && { executedMs }),
      }),
    );
    failpoint('report-finish.after');
    return { kind: 'accepted' };
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    if (thrown.code === 'LOG_INCOMPLETE') return { kind: 'log-incomplete' };
    if (UNACCEPTABLE.includes(thrown.status)) return { kind: 'unacceptable', why: thrown };
    throw thrown;
  }
}

/** Repeats `act` when the epoch was raised meanwhile: a session opened just then made the old one stale. */
async function askAsOwner(
  { session }: ReportChannel,
  subject: ReportSubject,
  act: (epoch: number) => Promise<StaleReply>,
): Promise<void> {
  for (;;) {
    const epoch = subject.epoch();
    const { stale } = await untilAborted(act(epoch), subject.signal);
    if (!stale.includes(subject.attemptId)) return;
    await session.get(subject.signal);
    if (subject.epoch() === epoch) throw new AttemptNotOurs();
  }
}

/** Longest reason the API takes. */
const MAX_REASON_CHARACTERS = 2000;

function toWire(end: AttemptEnd): AttemptEnd {
  return { ...end, reason: end.reason === null ? null : cleanText(end.reason, MAX_REASON_CHARACTERS) };
}

/** The same end in words that no server refuses: without the result, which is then the attempt's failure. */
export function toPlainEnd(end: AttemptEnd, { status, code }: ApiError): AttemptEnd {
  const reason = `The server refused the report of its end (${status} ${code.replace(/[^A-Z0-9_]/g, '')}).`;
  const isResultLost = end.outcome === 'succeeded';
  const outcome = isResultLost ? 'failed' : end.outcome;
  return { ...end, outcome, reasonCode: isResultLost ? 'RESULT_INVALID' : end.reasonCode, reason, result: null };
}
