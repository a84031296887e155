// Moves the rows: source cells → COPY BINARY, in one pass with reused buffers. Memory stays bounded because reading
// pauses while the warehouse is behind.
import { TowpathError } from '@towpath/core';
import type { RowSink, TdsColumn, TdsConnection } from '@towpath/tds';
import type { Client } from 'pg';
import type { Ingestion, LoadCounts } from '../bronze/ingestion.ts';
import { beginStage, finishStage } from '../bronze/stage.ts';
import { CopyBuffer } from '../copy/copy-buffer.ts';
import { CopyStream } from '../copy/copy-stream.ts';
import type { PlannedColumn } from '../encode/plan-columns.ts';
import { RowEncoder } from '../encode/row-encoder.ts';
import { formatSelect, isSameShape } from '../source/describe-table.ts';

/** Called after each packet of the source with what has been read so far; must be cheap. */
export type OnProgress = (rows: number, bytes: number) => void;

/** Both ends of a load. */
export interface LoadEnds {
  readonly source: TdsConnection;
  /** A connection of its own: the load is one transaction. */
  readonly bronze: Client;
  readonly onProgress: OnProgress;
}

/** Fills and finishes the stage. On any error the transaction is rolled back and the stage is gone. */
export async function loadTable(
  ends: LoadEnds,
  ingestion: Ingestion,
  plan: readonly PlannedColumn[],
): Promise<LoadCounts> {
  const { bronze } = ends;
  try {
    const copy = new CopyStream(bronze, await beginStage(bronze, ingestion, plan));
    const counts = await copyRows(ends, copy, { ingestion, plan });
    await finishStage(bronze, ingestion);
    return counts;
  } catch (error) {
    await bronze.query('rollback').catch(() => undefined);
    throw error;
  }
}

interface Load {
  readonly ingestion: Ingestion;
  readonly plan: readonly PlannedColumn[];
}

async function copyRows(ends: LoadEnds, copy: CopyStream, load: Load): Promise<LoadCounts> {
  const out = new CopyBuffer((full, length) => copy.send(full, length));
  const encoder = new RowEncoder(load.ingestion.source.name, load.plan, out);
  const columns = load.plan.map((column) => column.source);
  try {
    encoder.begin();
    const sink = createSink(ends, { copy, encoder, columns });
    const { rowCount } = await ends.source.stream(formatSelect(load.ingestion.source, columns), sink);
    encoder.end();
    const rowsLoaded = await copy.finish();
    return checkCounts(load.ingestion, { rowsRead: rowCount, rowsLoaded, rowsQuarantined: 0, bytes: copy.byteCount });
  } catch (error) {
    await copy.abort('the load was given up');
    throw error;
  }
}

function createSink(
  ends: LoadEnds,
  load: { copy: CopyStream; encoder: RowEncoder; columns: readonly TdsColumn[] },
): RowSink {
  const { copy, encoder } = load;
  return {
    columns: (found) => {
      if (!isSameShape(load.columns, found)) throw refuseMovingTable();
    },
    row: (row) => encoder.write(row),
    drain: () => {
      ends.onProgress(encoder.rowCount, copy.byteCount);
      return copy.drain();
    },
  };
}

// Counted at both ends, by the reader and by the warehouse, so that a row lost between them can't go unnoticed.
function checkCounts(ingestion: Ingestion, counts: LoadCounts): LoadCounts {
  if (counts.rowsRead === counts.rowsLoaded + counts.rowsQuarantined) return counts;
  throw new TowpathError({
    code: 'ROW_COUNT_MISMATCH',
    message: `${ingestion.source.name}: the source sent ${counts.rowsRead} rows and the warehouse took ${counts.rowsLoaded}.`,
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
