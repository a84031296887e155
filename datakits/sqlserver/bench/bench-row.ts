// What a measurement comes to.

/** One figure, in the form of scripts/bench/rows.ts. */
export interface DatakitBenchRow {
  readonly id: string;
  readonly what: string;
  readonly unit: 's' | 'MiB' | '×';
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
  readonly floor?: number;
  readonly mark?: number;
}

/** Sums measurements up to a row. */
export function row(
  id: string,
  what: string,
  unit: DatakitBenchRow['unit'],
  values: readonly number[],
): DatakitBenchRow {
  return {
    ...{ id, what, unit, samples: values.length },
    ...{ median: median(values), min: round(Math.min(...values)), max: round(Math.max(...values)) },
  };
}

/** The lower one of two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return round(sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN);
}

/** To three digits: more would pretend to a precision that a shared machine does not have. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
