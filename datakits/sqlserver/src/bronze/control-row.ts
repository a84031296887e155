// The control row of a target: fence, cursor, key. It moves only in the publishing transaction, guarded by the fence and by
// the cursor that was read.
import { TowpathError } from '@towpath/core';
import type { Client } from 'pg';
import type { CursorMove, Ingestion, IngestionKind } from './ingestion.ts';
import { quoteIdentifier, type TargetTable } from './target-table.ts';

/** What the last publication left for the next. */
export interface ControlRow {
  readonly mode: string;
  readonly cursorColumn: string | undefined;
  readonly cursor: string | undefined;
  /** Target names of the key columns. */
  readonly key: readonly string[];
}

/** The control row; of a target never published it says so by having nothing. */
export async function readControlRow(client: Client, target: TargetTable): Promise<ControlRow> {
  const found = await client.query<{
    mode: string;
    column: string | null;
    cursor: string | null;
    key: string[] | null;
  }>(
    `select mode, cursor_column as column, cursor_text as cursor, key_columns as key
       from ${quoteIdentifier(target.schema)}.ingestion_target where target_table = $1`,
    [target.name],
  );
  const row = found.rows[0];
  return {
    mode: row?.mode ?? 'snapshot',
    cursorColumn: row?.column ?? undefined,
    cursor: row?.cursor ?? undefined,
    key: row?.key ?? [],
  };
}

/** What the control row says from now on. */
export interface ControlMove {
  readonly mode: Exclude<IngestionKind, 'replay'>;
  readonly cursor: CursorMove | undefined;
  readonly key: readonly string[];
  /** The cursor that was read when the ingestion began. */
  readonly seen: string | undefined;
}

/** Moves the row. Error: `INGEST_FENCED` when a later attempt has begun or the cursor is not the one that was read. */
export async function advanceControlRow(client: Client, ingestion: Ingestion, move: ControlMove): Promise<void> {
  const { target, fence, batchId } = ingestion;
  const advanced = await client.query(
    `update ${quoteIdentifier(target.schema)}.ingestion_target
        set batch_id = $3, mode = $5, cursor_column = $6, cursor_text = $7, key_columns = $8,
            updated_at = clock_timestamp()
      where target_table = $1 and fence = $2 and cursor_text is not distinct from $4`,
    [
      target.name,
      fence,
      batchId,
      move.seen ?? null,
      move.mode,
      move.cursor?.column ?? null,
      move.cursor?.to ?? null,
      move.key.length > 0 ? JSON.stringify(move.key) : null,
    ],
  );
  if (advanced.rowCount !== 1) throw refuseFenced(ingestion);
}

function refuseFenced({ target, fence }: Ingestion): TowpathError {
  return new TowpathError({
    code: 'INGEST_FENCED',
    message: `A later ingestion of ${target.name} has begun; this one publishes nothing.`,
    cause: `It holds fence ${fence}, and the target's control row has moved on.`,
    fix: 'Nothing to do: the later one counts.',
  });
}
