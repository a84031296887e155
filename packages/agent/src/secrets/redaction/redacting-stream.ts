// A stream of bytes with runs of secrets replaced by a mark, whatever the chunks. Held back is only what may still become
// a secret, at most the length of the longest form. All bytes of overlapping finds are replaced, and finds that touch get
// one mark, so that the result does not depend on where chunks were cut.
import type { ByteAutomaton } from './byte-automaton.ts';

export interface RedactingStream {
  /** What can be passed on after this chunk. */
  push(chunk: Uint8Array): Buffer;
  /** What was held back. Afterwards the stream begins anew. */
  end(): Buffer;
}

/** From–to in bytes since the beginning, `to` exclusive. */
interface Run {
  readonly from: number;
  to: number;
}

/** Replaces what `automaton` finds by `mark`. */
export function createRedactingStream(automaton: ByteAutomaton, mark: Buffer): RedactingStream {
  let state = 0;
  let position = 0;
  /** Bytes from `position - held.length` on. */
  let held: Buffer = Buffer.alloc(0);
  let coveredTo = -1;
  let runs: Run[] = [];

  function cut(data: Buffer, until: number): Buffer {
    const start = position - data.length;
    const pieces: Buffer[] = [];
    const pass = (to: number): void => {
      const from = Math.max(coveredTo, start + passed);
      if (to > from) pieces.push(data.subarray(from - start, to - start));
      passed = Math.max(passed, to - start);
    };
    let passed = 0;
    for (const run of runs.filter(({ from }) => from < until)) {
      if (run.from > coveredTo) {
        pass(run.from);
        pieces.push(mark);
      }
      coveredTo = Math.max(coveredTo, run.to);
    }
    pass(until);
    runs = runs.filter(({ from }) => from >= until);
    held = data.subarray(until - start);
    return Buffer.concat(pieces);
  }

  function scan(chunk: Uint8Array): void {
    for (const byte of chunk) {
      state = automaton.next(state, byte);
      position += 1;
      const length = automaton.matchOf(state);
      if (length > 0) addRun(runs, position - length, position);
    }
  }

  return {
    push: (chunk) => {
      const data = Buffer.concat([held, chunk]);
      scan(chunk);
      return cut(data, position - automaton.depthOf(state));
    },
    end: () => {
      const rest = cut(held, position);
      [state, position, coveredTo, runs] = [0, 0, -1, []];
      return rest;
    },
  };
}

/** Runs come in the order of their ends; each joins those it overlaps or touches. */
function addRun(runs: Run[], from: number, to: number): void {
  let last = runs.at(-1);
  while (last !== undefined && last.from >= from) {
    runs.pop();
    last = runs.at(-1);
  }
  if (last !== undefined && last.to >= from) last.to = to;
  else runs.push({ from, to });
}
