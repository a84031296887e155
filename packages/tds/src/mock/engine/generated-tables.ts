// Generated tables in the engine: they exist once a statement names them, and get rows in SQLite only when a statement
// needs more of them than the fast path gives (`plan-generated-query.ts`).
import type { CellValue } from '../../tds-column.ts';
import { findGeneratedTable, generatedRow } from '../generated/generated-table.ts';
import { type Catalogue, type CatalogueTable, toCatalogueTable } from './catalogue.ts';
import { MockSqlError } from './mock-sql-error.ts';
import type { SqlParameter } from './sql-parameter.ts';
import type { TableStore } from './table-store.ts';
import type { TsqlToken } from './tsql-lexer.ts';

/** About 300 bytes a row; two million take five seconds and 600 MB, which a laptop has. */
const MAX_MATERIALISED_ROWS = 2_000_000;
const NAME = /\b(?:generated|versioned|largecells)_\d+\b/i;

/** See the file's head. */
export class GeneratedTables {
  private readonly catalogue: Catalogue;
  private readonly store: TableStore;

  constructor(catalogue: Catalogue, store: TableStore) {
    this.catalogue = catalogue;
    this.store = store;
  }

  /** Puts the generated tables that a statement or its parameters name into the catalogue; true when there was a new one. */
  register(tokens: readonly TsqlToken[], parameters: readonly SqlParameter[]): boolean {
    let isNew = false;
    for (const text of [...tokens.map((token) => token.text), ...parameters.map(({ value }) => value)]) {
      const name = typeof text === 'string' ? NAME.exec(text)?.[0] : undefined;
      if (name !== undefined && this.registerName(name)) isNew = true;
    }
    return isNew;
  }

  /** The generated tables among the names of a statement that SQLite has no rows of. */
  findIn(tokens: readonly TsqlToken[]): CatalogueTable[] {
    return tokens.flatMap(({ kind, text }) => {
      const isName = (kind === 'word' || kind === 'name') && NAME.test(text);
      const table = isName ? this.catalogue.findTable('dbo', text) : undefined;
      return table?.generated ? [table] : [];
    });
  }

  /** Fills those tables for good; error 50000 for more than two million rows. */
  materialise(tokens: readonly TsqlToken[]): void {
    for (const table of new Set(this.findIn(tokens))) {
      const { generated, ...rest } = table;
      if (!generated) continue;
      if (generated.rowCount > MAX_MATERIALISED_ROWS || generated.cellBytes > 0) {
        const text = `${table.name} is too large for this statement. A generated table of any size answers SELECT of columns or * with TOP and a range of Id; up to ${MAX_MATERIALISED_ROWS} rows everything.`;
        throw new MockSqlError(50_000, 16, text);
      }
      this.store.materialise(rest, generateRows(generated.rowCount, table.columns.length));
    }
  }

  private registerName(name: string): boolean {
    const generated = findGeneratedTable(name);
    if (!generated || this.catalogue.findTable('dbo', generated.name)) return false;
    const table = toCatalogueTable({ schema: 'dbo', ...generated }, this.catalogue.takeObjectId());
    this.catalogue.put({ ...table, generated });
    return true;
  }
}

function* generateRows(rowCount: number, columns: number): Generator<CellValue[]> {
  for (let id = 1; id <= rowCount; id += 1) yield generatedRow(id, columns);
}
