// `make bench`: every figure the project states, beside its floor where it has one. Prints JSON and, when all parts ran, writes
// docs/benchmarks.md. `node scripts/bench.ts engine queries` measures these parts only; `pods=100` is one with fewer attempts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { measureBoard } from './bench/board.ts';
import { measureConfiguration } from './bench/configuration.ts';
import { measureContainers } from './bench/containers.ts';
import { measureDataPath, measureLargeTables } from './bench/data-path.ts';
import { measureEngine } from './bench/engine.ts';
import { measureInstance } from './bench/instance.ts';
import { measurePods } from './bench/pods.ts';
import { measureQueries } from './bench/queries.ts';
import { measureRedaction } from './bench/redaction.ts';
import { type BenchRow, formatBenchPage } from './bench/rows.ts';
import { measureStarts } from './bench/starts.ts';
import { measureThroughput } from './bench/throughput.ts';

const PARTS: Readonly<Record<string, (size?: number) => Promise<readonly BenchRow[]>>> = {
  starts: measureStarts,
  engine: measureEngine,
  throughput: measureThroughput,
  instance: measureInstance,
  queries: measureQueries,
  board: measureBoard,
  data: measureDataPath,
  large: measureLargeTables,
  configuration: measureConfiguration,
  redaction: measureRedaction,
  containers: measureContainers,
  pods: measurePods,
};

const asked = new Map(
  process.argv.slice(2).map((word) => {
    const [name = '', size] = word.split('=');
    return [name, size === undefined ? undefined : Number(size)];
  }),
);
const unknown = [...asked.keys()].filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}
const rows: BenchRow[] = [];
for (const [name, measure] of Object.entries(PARTS)) {
  if (asked.size > 0 && !asked.has(name)) continue;
  console.error(`measuring ${name} …`);
  rows.push(...(await measure(asked.get(name))));
}
report(rows);

function report(measured: readonly BenchRow[]): void {
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.versions.node}`;
  mkdirSync('.bench', { recursive: true });
  writeFileSync('.bench/latest.json', `${JSON.stringify({ machine, rows: measured }, null, 2)}\n`);
  if (asked.size === 0) writeFileSync('docs/benchmarks.md', formatBenchPage(measured, machine));
  console.log(JSON.stringify({ machine, rows: measured }, null, 2));
}
