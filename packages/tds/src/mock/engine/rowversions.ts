// The database's one counter of rowversions. A transaction's writes take numbers when they happen, and are seen when it
// commits: until then everything from its first number on is not settled, which is what MIN_ACTIVE_ROWVERSION() says.

/** First rowversion of a new engine's writes; seeded and generated rows have smaller ones. */
const FIRST_ROWVERSION = 0x1_0000_0000n;

/** Where the rows of a statement get their numbers: from the counter, or from what the statement got when it first ran. */
export interface RowversionSource {
  next(): bigint;
}

/** See the file's head. */
export class Rowversions implements RowversionSource {
  private last = FIRST_ROWVERSION - 1n;
  /** First number of each open transaction that has taken one. */
  private readonly open = new Map<object, bigint>();

  next(): bigint {
    this.last += 1n;
    return this.last;
  }

  /** A source for a transaction's statement; its numbers are added to `taken`. */
  recordFor(transaction: object, taken: bigint[]): RowversionSource {
    return {
      next: () => {
        const version = this.next();
        if (!this.open.has(transaction)) this.open.set(transaction, version);
        taken.push(version);
        return version;
      },
    };
  }

  /** A source that gives the recorded numbers again; rows that weren't there the first time get new ones. */
  replay(taken: readonly bigint[]): RowversionSource {
    let at = 0;
    return { next: () => taken[at++] ?? this.next() };
  }

  /** The transaction has ended, either way. */
  settle(transaction: object): void {
    this.open.delete(transaction);
  }

  /** `@@DBTS`: the last number given out. */
  get dbts(): bigint {
    return this.last;
  }

  /** `MIN_ACTIVE_ROWVERSION()`: the smallest number that may still appear. */
  get minActive(): bigint {
    let smallest = this.last + 1n;
    for (const first of this.open.values()) if (first < smallest) smallest = first;
    return smallest;
  }
}

/** Eight bytes, big end first. */
export function toRowversionBytes(version: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(version);
  return bytes;
}
