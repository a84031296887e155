// The output of a Pod, out of the cluster's log into the file from which it is shipped. The log is read from the second in which
// the newest line we have was printed, and what we have is passed over: no byte is lost or doubled. Kubelets rotate logs and
// give out the newest part only; where that does not reach back to what we have, the file says so.
// Limits: of a container that was killed, engines end the last line with a newline that it may not have had.

import { appendFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { AttemptFolder } from '../attempt-folder.ts';
import { writeGap } from '../log-gap.ts';
import { statOwnFile } from '../own-file.ts';
import { createEndMarkFilter, type EndMarkFilter } from './end-mark-filter.ts';
import { type KubernetesApi, toAway } from './kubernetes-api.ts';
import { createLineReader, isLater, type LogPiece, toWholeSecond } from './log-lines.ts';
import { type LogPosition, readLogPosition, writeLogPosition } from './log-position.ts';
import { CONTAINER } from './pod-spec.ts';

export interface LogCopy {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly podName: string;
  readonly folder: AttemptFolder;
  /** Where the output begins in the file. */
  readonly startOffset: number;
  /** Wait for more until the container ends. */
  readonly isFollowing: boolean;
  readonly signal: AbortSignal;
}

interface Reading {
  readonly folder: AttemptFolder;
  readonly filter: EndMarkFilter;
  position: LogPosition;
  /** Where in the file the next byte of the log belongs; undefined until a line was found that we have. */
  offset: number | undefined;
  sizeBytes: number;
}

/** How far a log was read. */
export interface LogReading {
  /** That was the last there will be. */
  readonly isWhole: boolean;
  /** Its last bytes, when they look like the beginning of the entry's last line: they are not in the file. */
  readonly heldBack: Buffer;
}

/** Appends what is missing. @throws ApiError, LogUnreadable, or why the file can't be written */
export async function copyLog(copy: LogCopy): Promise<LogReading> {
  const { folder, startOffset } = copy;
  const position = readLogPosition(folder, startOffset);
  const stream = await openLog(copy, position);
  const sizeBytes = statOwnFile(folder.log)?.size ?? 0;
  const reading: Reading = { folder, filter: createEndMarkFilter(), position, offset: undefined, sizeBytes };
  const read = createLineReader();
  for await (const chunk of readChunks(stream)) await take(reading, read(chunk));
  return { isWhole: reading.filter.hasSeenEnd(), heldBack: skipKnown(reading, reading.filter.flush()) };
}

function openLog({ api, namespace, podName, isFollowing, signal }: LogCopy, { lineAt }: LogPosition) {
  const sinceTime = lineAt === undefined ? undefined : toWholeSecond(lineAt);
  const query = { container: CONTAINER, timestamps: true, follow: isFollowing, sinceTime };
  return api.open({ method: 'GET', path: `/api/v1/namespaces/${namespace}/pods/${podName}/log`, query, signal });
}

async function* readChunks(stream: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (thrown) {
    throw toAway(thrown);
  }
}

async function take(reading: Reading, pieces: readonly LogPiece[]): Promise<void> {
  const before = reading.position;
  const fresh = pieces.map((piece) => takePiece(reading, piece));
  await append(reading, fresh);
  if (reading.position !== before) writeLogPosition(reading.folder, reading.position);
}

/** What of a piece is not in the file yet. */
function takePiece(reading: Reading, { at, bytes }: LogPiece): Buffer {
  if (at !== undefined) beginLine(reading, at);
  if (reading.offset === undefined) return NOTHING;
  return skipKnown(reading, reading.filter.pass(bytes));
}

const NOTHING = Buffer.alloc(0);

/** Finds the place of the log in the file, and notes the newest line. */
function beginLine(reading: Reading, at: string): void {
  const { lineAt, lineOffset } = reading.position;
  if (reading.offset === undefined) {
    if (lineAt === undefined || lineAt === at) reading.offset = lineOffset;
    else if (isLater(at, lineAt)) reading.offset = noteGap(reading, `between ${lineAt} and ${at}`);
  }
  if (reading.offset !== undefined && at !== lineAt) reading.position = { lineAt: at, lineOffset: reading.offset };
}

function noteGap(reading: Reading, when: string): number {
  writeGap(reading.folder, `the log of its Pod was rotated ${when}`);
  reading.sizeBytes = statOwnFile(reading.folder.log)?.size ?? 0;
  return reading.sizeBytes;
}

function skipKnown(reading: Reading, bytes: Buffer): Buffer {
  const from = reading.offset ?? 0;
  reading.offset = from + bytes.length;
  return bytes.subarray(Math.min(bytes.length, Math.max(0, reading.sizeBytes - from)));
}

async function append(reading: Reading, parts: readonly Buffer[]): Promise<void> {
  const fresh = Buffer.concat(parts);
  if (fresh.length === 0) return;
  await appendFile(reading.folder.log, fresh, { mode: 0o600 });
  reading.sizeBytes += fresh.length;
}
