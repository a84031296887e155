// How an attempt ended, from what is left of it. Exit code and result decide; the log never does.
import { MAX_RESULT_BYTES } from '@towpath/api';
import { type EndingReason, NO_FILE } from './attempt-folder.ts';
import type { AttemptEnd, ResultDocument } from './executor.ts';

/** What is known when nothing of the attempt runs any more. */
export interface EndFacts {
  /** As a shell counts it; undefined when nobody could tell it any more. */
  readonly exitStatus: number | undefined;
  /** Set when we ended it. That wins over an exit code: a command may end well when it is asked to stop. */
  readonly ending: EndingReason | undefined;
  readonly timeoutSeconds: number;
  /** Why there is no exit status, when there is none. */
  readonly loss: LossFacts;
  /** The limit of its memory was reached, and the kernel killed something of it. */
  readonly isOutOfMemory?: boolean;
  /** That limit for people, `96Mi`; undefined: the host's own was reached. */
  readonly memoryLimit?: string | undefined;
  /** Undefined when the command wrote none; cut off after one byte too many. */
  readonly resultBytes: Uint8Array | typeof NO_FILE | undefined;
}

/** Why nobody knows how an attempt ended. */
export interface LossFacts {
  readonly reasonCode: string;
  readonly reason: string;
}

/** Decides the end of an attempt. */
export function decideEnd(facts: EndFacts): AttemptEnd {
  const { exitStatus, ending } = facts;
  const exitCode = exitStatus ?? null;
  if (ending === 'CANCELLED') return end('cancelled', exitCode, 'CANCELLED', 'It was cancelled.');
  if (ending === 'TIMED_OUT')
    return end('failed', exitCode, 'TIMED_OUT', `It took longer than ${facts.timeoutSeconds} s.`);
  if (exitStatus === undefined) return end('errored', null, facts.loss.reasonCode, facts.loss.reason);
  if (exitStatus !== 0 && facts.isOutOfMemory)
    return end('failed', exitStatus, 'OUT_OF_MEMORY', describeMemory(facts.memoryLimit));
  if (exitStatus !== 0) return end('failed', exitStatus, 'EXIT_CODE', describeStatus(exitStatus));
  return readResult(facts.resultBytes);
}

function describeMemory(limit: string | undefined): string {
  if (limit === undefined) return 'The memory of its host was used up, and it was killed.';
  return `It needed more memory than it may use (sizing.memory: ${limit}), and was killed.`;
}

function describeStatus(status: number): string {
  const signal = status > 128 && status < 128 + 65 ? ` (ended by signal ${status - 128})` : '';
  return `Exit code ${status}${signal}.`;
}

function readResult(bytes: EndFacts['resultBytes']): AttemptEnd {
  if (bytes === undefined) return succeeded(null);
  if (bytes === NO_FILE) return invalidResult('what lies in its place is no file that can be read');
  if (bytes.length > MAX_RESULT_BYTES) return invalidResult(`it is larger than ${MAX_RESULT_BYTES} bytes`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text, refuseInfinity);
    if (!isDocument(value)) return invalidResult('it is not a JSON object');
    if (isDeeperThan(value, MAX_DEPTH)) return invalidResult(`it is nested more than ${MAX_DEPTH} deep`);
    if (hasPrototypeKey(value)) return invalidResult('it has a key `__proto__` or `constructor.prototype`');
    return succeeded(value);
  } catch {
    return invalidResult('it is not JSON in UTF-8 with numbers that a double holds');
  }
}

// Schemas are checked by recursion, everywhere the document goes: 4 KiB of `[` would overflow the server's stack, and a
// report that can't be accepted would be repeated for ever.
const MAX_DEPTH = 64;

function isDeeperThan(document: ResultDocument, depth: number): boolean {
  let level: unknown[] = [document];
  for (let at = 0; at < depth; at += 1) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return level.some((value) => typeof value === 'object' && value !== null);
}

// A server refuses bodies with these keys, since code that copies objects carelessly would change all of them.
function hasPrototypeKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.hasOwn(value, '__proto__')) return true;
  return Object.entries(value).some(([key, member]) => {
    const isUnsafe = key === 'constructor' && typeof member === 'object' && member !== null;
    return (isUnsafe && Object.hasOwn(member, 'prototype')) || hasPrototypeKey(member);
  });
}

// JSON has no limit for numbers; 1e400 would be read as Infinity and then written as null.
function refuseInfinity(_: string, value: unknown): unknown {
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) throw new RangeError('not a double');
  return value;
}

// JSON.parse yields nothing but JSON values, so an object that is no array is a document.
function isDocument(value: unknown): value is ResultDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalidResult(why: string): AttemptEnd {
  return end('failed', 0, 'RESULT_INVALID', `Exit code 0, but the result document can't be used: ${why}.`);
}

function succeeded(result: ResultDocument | null): AttemptEnd {
  return { outcome: 'succeeded', exitCode: 0, reasonCode: null, reason: null, result };
}

function end(outcome: AttemptEnd['outcome'], exitCode: number | null, reasonCode: string, reason: string): AttemptEnd {
  return { outcome, exitCode, reasonCode, reason, result: null };
}
