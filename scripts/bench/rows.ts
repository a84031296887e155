/** One measured figure. `floor` is what the same work costs without Towpath, measured in the same run. */
export interface BenchRow {
  readonly id: string;
  readonly what: string;
  readonly unit: 's' | 'ms' | '%' | '% of a core' | 'MiB' | 'tasks/s' | 'rows/s' | 'requests' | '×';
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
  readonly floor?: number;
  /** What the figure should stay below; absent where none is set yet. */
  readonly mark?: number;
}

/** Sums measurements up to a row. */
export function summarize(
  row: Pick<BenchRow, 'id' | 'what' | 'unit' | 'mark' | 'floor'>,
  values: readonly number[],
): BenchRow {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => round(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN);
  return { ...row, median: at(0.5), min: at(0), max: at(1), samples: values.length };
}

/** Rounds to three digits: more would pretend to a precision that a shared machine does not have. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}

/** The page of figures; `machine` says where they were measured. */
export function formatBenchPage(rows: readonly BenchRow[], machine: string): string {
  const lines = rows.map((row) => {
    const floor = row.floor === undefined ? '' : round(row.floor);
    const ratio = row.floor === undefined ? '' : `${round(row.median / row.floor)} ×`;
    const cells = [
      row.what,
      round(row.median),
      `${row.min} – ${row.max}`,
      row.unit,
      row.samples,
      floor,
      ratio,
      row.mark ?? '',
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `# Benchmarks

Written by \`make bench\`, which also prints these figures as JSON. Absolute times belong to one machine on one day; the
ratio to the floor, measured in the same run, is what is compared over time.

Measured on: ${machine}.

| what | median | min – max | unit | samples | floor | ratio | mark |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}

- **Floor**: the same commands or scripts, in the same order and with the same width, started by a bare script, a process of its own,
  in turns with what is measured. *Beside shims and commands*: the same processes that it takes here, a shim for each command, which keeps
  its exit status when the agent dies; what is left above that floor is the engine. Of the example: its three commands with the same variables, started at once.
- **The datakit** is measured as it is shipped, and its floor in the same form: the same rows, ready in a file as COPY BINARY, into
  a logged table without more. The two take turns; the ratio of pairs is what the mark is for, and much processor time of others says
  that a run is not to be believed.
- **Queries** are answered over HTTP; the column \`median\` holds their 95th percentile.
- **The page of the board** is that of a real Chromium without a graphics card, on the same cores as the server and PostgreSQL.
- **Containers**: the floor is \`docker run\` of the same image, as many at a time; on Kubernetes plain Jobs of it, as many, by a
  script that creates each, hears of its end by a watch and deletes it.
- **Idle** counts every process of the instance: server and agent (one process), PostgreSQL with its workers. Memory is
  proportional set size.
`;
}
