// Moves the rows: source cells → COPY BINARY, in one pass with reused buffers. Memory stays bounded because reading
// pauses while the warehouse is behind.
import { TowpathError } from '@towpath/core';
import type { RowSink, TdsConnection } from '@towpath/tds';
import type { Client } from 'pg';
import type { Ingestion, LoadCounts } from '../bronze/ingestion.ts';
import {
  beginStage,
  finishDelta,
  finishPart,
  formatCopy,
  KEYS_SUFFIX,
  quoteStage,
  type StageShape,
} from '../bronze/stage.ts';
import { CopyBuffer } from '../copy/copy-buffer.ts';
import { CopyStream } from '../copy/copy-stream.ts';
import { copyTexts } from '../copy/copy-texts.ts';
import type { PlannedColumn } from '../encode/plan-columns.ts';
import { RowEncoder, refuseRow } from '../encode/row-encoder.ts';
import { isSameShape } from '../source/describe-table.ts';
import { type KeptFixes, translateFixError } from './kept-fixes.ts';
import { LargeRows } from './large-rows.ts';
import type { LoadPlan } from './plan-load.ts';
import type { Quarantine } from './quarantine.ts';

/** Called after each packet of the source with what has been read so far; must be cheap. */
export type OnProgress = (rows: number, bytes: number) => void;

/** Both ends of a load. */
export interface LoadEnds {
  readonly source: TdsConnection;
  /** A connection of its own: the load is one transaction. */
  readonly bronze: Client;
  readonly batchSize: number;
  readonly maxCellBytes: number;
  readonly onProgress: OnProgress;
}

/** Where rows go that can't be loaded as they are. */
export interface BadRows {
  readonly quarantine: Quarantine;
  readonly fixes: KeptFixes;
}

/** Fills and finishes the stage. On any error the transaction is rolled back and the stage is gone. */
export async function loadStage(
  ends: LoadEnds,
  ingestion: Ingestion,
  plan: LoadPlan,
  { quarantine, fixes }: BadRows,
): Promise<LoadCounts> {
  const stage = quoteStage(ingestion);
  const columns = plan.schema.plan;
  const shape = describeStage(plan);
  return await inTransaction(ends.bronze, async () => {
    const copy = new CopyStream(ends.bronze, await beginStage(ends.bronze, stage, shape));
    const read = await copyRows(ends, copy, { select: plan.select, columns, quarantine });
    const counts = await copyFixed(ends, ingestion, { read, shape, fixes });
    checkCounts(ingestion, counts);
    if (shape.isPart) await finishPart(ends.bronze, ingestion, shape);
    else await finishDelta(ends.bronze);
    return counts;
  });
}

interface Fixed {
  readonly read: LoadCounts;
  readonly shape: StageShape;
  readonly fixes: KeptFixes;
}

// Into the same stage, frozen as well: to a reader they are rows like the others.
async function copyFixed(ends: LoadEnds, ingestion: Ingestion, { read, shape, fixes }: Fixed): Promise<LoadCounts> {
  if (fixes.rows.length === 0) return read;
  const names = shape.columns.map(({ name }) => name);
  const rows = fixes.rows.map((row) => names.map((name) => row.get(name) ?? null));
  try {
    const { rowCount, bytes } = await copyTexts(ends.bronze, formatCopy(quoteStage(ingestion), shape, 'text'), rows);
    return { ...read, rowsLoaded: read.rowsLoaded + rowCount, rowsFixed: rowCount, bytes: read.bytes + bytes };
  } catch (error) {
    throw translateFixError(error, ingestion);
  }
}

/** Fills the table of all keys beside the stage; gives its quoted name. A key that bronze can't hold ends the load. */
export async function loadKeys(
  ends: LoadEnds,
  ingestion: Ingestion,
  key: LoadPlan['key'],
  select: string,
): Promise<string> {
  const table = quoteStage({ ...ingestion, stageTable: ingestion.stageTable + KEYS_SUFFIX });
  const columns = key.flatMap((column) => column.targets);
  await inTransaction(ends.bronze, async () => {
    const begun = await beginStage(ends.bronze, table, { columns, kept: [], isPart: false, key: [] });
    const copy = new CopyStream(ends.bronze, begun);
    const counts = await copyRows(ends, copy, { select, columns: key, quarantine: refuseAll(ingestion) });
    checkCounts(ingestion, counts);
    await finishDelta(ends.bronze);
  });
  return table;
}

function describeStage({ schema, isMerge, move }: LoadPlan): StageShape {
  const columns = schema.plan.flatMap((column) => column.targets);
  return { columns, kept: schema.kept, isPart: !isMerge, key: move.key };
}

function refuseAll({ source }: Ingestion): Quarantine {
  return {
    count: 0,
    add: (bad) => {
      throw refuseRow(source.name, bad);
    },
    drain: () => undefined,
  };
}

async function inTransaction<T>(bronze: Client, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    await bronze.query('rollback').catch(() => undefined);
    throw error;
  }
}

interface Reading {
  readonly select: string;
  readonly columns: readonly PlannedColumn[];
  readonly quarantine: Quarantine;
}

async function copyRows(ends: LoadEnds, copy: CopyStream, reading: Reading): Promise<LoadCounts> {
  const out = new CopyBuffer((full, length) => copy.send(full, length));
  const { columns, quarantine } = reading;
  const encoder = new RowEncoder(columns, out, quarantine.add);
  const { maxCellBytes } = ends;
  const large = new LargeRows({ columns, maxCellBytes, out, onBadRow: quarantine.add, sent: () => copy.drain() });
  try {
    encoder.begin();
    const sink = createSink(ends, { copy, encoder, large, reading, out });
    const { rowCount } = await ends.source.stream(reading.select, sink);
    encoder.end();
    const rowsLoaded = await copy.finish();
    const rowsQuarantined = reading.quarantine.count;
    return { rowsRead: rowCount, rowsLoaded, rowsFixed: 0, rowsQuarantined, bytes: copy.byteCount };
  } catch (error) {
    await copy.abort('the load was given up');
    throw error;
  } finally {
    large.close();
  }
}

interface Moving {
  readonly copy: CopyStream;
  readonly encoder: RowEncoder;
  readonly large: LargeRows;
  readonly out: CopyBuffer;
  readonly reading: Reading;
}

function createSink(ends: LoadEnds, { copy, encoder, large, out, reading }: Moving): RowSink {
  let sentRows = 0;
  const count = (): number => encoder.countRow();
  return {
    columns: (found) => {
      if (!isSameShape(reading.columns, found)) throw refuseMovingTable();
    },
    oversized: (piece) => large.take(piece),
    row: (row) => {
      if (!large.keep(row, count)) encoder.write(row);
      if (encoder.rowCount - sentRows < ends.batchSize) return;
      sentRows = encoder.rowCount;
      out.flush();
    },
    drain: () => {
      ends.onProgress(encoder.rowCount, copy.byteCount);
      // Nothing of this is usual, so that the usual way makes no promise.
      const written = large.write();
      const kept = written ? written.then(() => reading.quarantine.drain()) : reading.quarantine.drain();
      return kept ? kept.then(() => copy.drain()) : copy.drain();
    },
  };
}

// Counted at both ends, by the reader and by the warehouse, so that a row lost between them can't go unnoticed.
function checkCounts({ source }: Ingestion, counts: LoadCounts): void {
  if (counts.rowsRead === counts.rowsLoaded + counts.rowsQuarantined) return;
  throw new TowpathError({
    code: 'ROW_COUNT_MISMATCH',
    message: `${source.name}: the source sent ${counts.rowsRead} rows and the warehouse took ${counts.rowsLoaded}.`,
    cause: 'A row was lost or doubled on the way.',
    fix: 'Nothing was published. Report this with the log; it is a defect.',
  });
}

function refuseMovingTable(): TowpathError {
  return new TowpathError({
    code: 'SOURCE_SCHEMA_MOVING',
    message: 'The columns of the source table changed while the ingestion began.',
    fix: 'Run again.',
  });
}
