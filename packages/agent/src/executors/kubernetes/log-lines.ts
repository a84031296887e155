// A Pod's log as the API gives it with timestamps: each line begins with the moment at which the container engine read it,
// in RFC 3339 with nanoseconds, and a blank. Lines may hold any bytes.
// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ (log)

/** Part of a line. */
export interface LogPiece {
  /** Set when the line begins here. */
  readonly at: string | undefined;
  readonly bytes: Buffer;
}

/** Instead of a log the kubelet sent a text of its own: the log is gone. */
export class LogUnreadable extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'LogUnreadable';
  }
}

const BLANK = 0x20;
const NEWLINE = 0x0a;
/** 2026-01-02T03:04:05.000000000+00:00 and the blank. */
const LONGEST_TIMESTAMP = 36;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d) $/;

/** Takes the timestamps off a stream that is cut anywhere. What it returns throws `LogUnreadable`. */
export function createLineReader(): (chunk: Buffer) => LogPiece[] {
  let header = Buffer.alloc(0);
  let isInLine = false;
  return (chunk) => {
    const pieces: LogPiece[] = [];
    for (let from = 0; from < chunk.length; ) {
      let at: string | undefined;
      if (!isInLine) {
        const end = endAfter(chunk, BLANK, from);
        header = Buffer.concat([header, chunk.subarray(from, end)]);
        from = end;
        if (header.at(-1) !== BLANK && header.length < LONGEST_TIMESTAMP) break;
        at = readTimestamp(header);
        header = Buffer.alloc(0);
      }
      const end = endAfter(chunk, NEWLINE, from);
      pieces.push({ at, bytes: chunk.subarray(from, end) });
      isInLine = end === from || chunk[end - 1] !== NEWLINE;
      from = end;
    }
    return pieces;
  };
}

function endAfter(chunk: Buffer, byte: number, from: number): number {
  const found = chunk.indexOf(byte, from);
  return found < 0 ? chunk.length : found + 1;
}

function readTimestamp(header: Buffer): string {
  const text = header.toString('latin1');
  if (!TIMESTAMP.test(text)) throw new LogUnreadable(text);
  return text.trimEnd();
}

/** Whether the first is later. Time zones of nodes change with daylight saving, so texts alone can't be compared. */
export function isLater(one: string, other: string): boolean {
  const [left, right] = [Date.parse(one), Date.parse(other)];
  return left === right ? toFraction(one) > toFraction(other) : left > right;
}

function toFraction(timestamp: string): string {
  return /\.(\d+)/.exec(timestamp)?.[1]?.padEnd(9, '0') ?? '000000000';
}

/** The whole second it lies in, as the API takes it: kubelets are told no more than seconds. */
export function toWholeSecond(timestamp: string): string {
  return new Date(Math.floor(Date.parse(timestamp) / 1000) * 1000).toISOString();
}
