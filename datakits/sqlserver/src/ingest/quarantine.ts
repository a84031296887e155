// What becomes of bad rows while a load runs: one that was fixed before is loaded with its fix; else the first one ends the
// load, or they are put aside up to a limit.
import { TowpathError } from '@towpath/core';
import type { Client } from 'pg';
import type { Ingestion } from '../bronze/ingestion.ts';
import { insertQuarantined } from '../bronze/quarantine-table.ts';
import { describeBadRow, type QuarantinedRow } from '../encode/describe-bad-row.ts';
import type { PlannedColumn, TargetColumn } from '../encode/plan-columns.ts';
import { type OnBadRow, refuseRow } from '../encode/row-encoder.ts';
import type { TableOptions } from '../settings/table-settings.ts';
import type { KeptFixes } from './kept-fixes.ts';

/** Where bad rows go. */
export interface Quarantine {
  /** Rows put aside. */
  readonly count: number;
  readonly add: OnBadRow;
  /** Writes what waits; undefined when nothing does. */
  drain(): Promise<void> | undefined;
}

/** A refusing or collecting quarantine, by the table's options. Rows are written through `control`, in a transaction left open. */
export function openQuarantine(
  control: Client,
  ingestion: Ingestion,
  table: {
    readonly plan: readonly PlannedColumn[];
    readonly key: readonly PlannedColumn[];
    readonly options: TableOptions;
    readonly fixes: KeptFixes;
  },
): Quarantine {
  const { plan, options, fixes } = table;
  const key = table.key.flatMap((column) => column.targets.slice(0, 1));
  const writer = new QuarantineWriter(control, ingestion, key);
  return {
    get count() {
      return writer.count;
    },
    add: (bad) => {
      const isRefused = options.badRows === 'refuse';
      if (isRefused && fixes.isEmpty) throw refuseRow(ingestion.source.name, bad);
      const row = describeBadRow(bad, plan);
      if (fixes.take(row)) return;
      if (isRefused) throw refuseRow(ingestion.source.name, bad);
      if (writer.count >= options.maxQuarantined)
        throw refuseMany(ingestion, options.maxQuarantined, bad.refused.message);
      writer.add(row);
    },
    drain: () => writer.drain(),
  };
}

class QuarantineWriter {
  count = 0;
  readonly #control: Client;
  readonly #ingestion: Ingestion;
  readonly #key: readonly TargetColumn[];
  #waiting: QuarantinedRow[] = [];
  #hasBegun = false;

  constructor(control: Client, ingestion: Ingestion, key: readonly TargetColumn[]) {
    this.#control = control;
    this.#ingestion = ingestion;
    this.#key = key;
  }

  add(row: QuarantinedRow): void {
    this.count++;
    this.#waiting.push(row);
  }

  drain(): Promise<void> | undefined {
    return this.#waiting.length > 0 ? this.#write() : undefined;
  }

  async #write(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    if (!this.#hasBegun) await this.#control.query('begin');
    this.#hasBegun = true;
    await insertQuarantined(this.#control, this.#ingestion, rows, this.#key);
  }
}

function refuseMany({ source }: Ingestion, limit: number, last: string): TowpathError {
  return new TowpathError({
    code: 'QUARANTINE_LIMIT',
    message: `More than ${limit} rows of ${source.name} can't be loaded.`,
    cause: `In the last of them ${last}. So many mean that the table or its options are wrong, not a row. Nothing was published.`,
    fix: 'Set an option for the column, or raise --max-quarantined.',
    docs: 'reference/datakit-sqlserver.md',
  });
}
