// Keeps the rows of the system tables true: they are made anew when a statement looks at them after something changed.
import { type Catalogue, toCatalogueTable } from './catalogue.ts';
import type { IsolationFlags } from './isolation-flags.ts';
import { createSystemTables } from './system-tables.ts';
import type { TableStore } from './table-store.ts';
import type { TsqlToken } from './tsql-lexer.ts';

/** See the file's head. */
export class SystemTables {
  /** True when a table, or a count of rows, changed since the last refresh. */
  isStale = true;
  private readonly catalogue: Catalogue;
  private readonly store: TableStore;
  private readonly facts: IsolationFlags & { readonly database: string };

  constructor(catalogue: Catalogue, store: TableStore, facts: IsolationFlags & { readonly database: string }) {
    this.catalogue = catalogue;
    this.store = store;
    this.facts = facts;
  }

  /** Refreshes when the statement names a system schema. */
  refreshFor(tokens: readonly TsqlToken[]): void {
    if (this.isStale && tokens.some(({ text }) => /^(sys|information_schema)$/i.test(text))) this.refresh();
  }

  /** Makes the tables, or fills them anew. */
  refresh(): void {
    this.isStale = false;
    const tables = createSystemTables({
      ...this.facts,
      tables: this.catalogue.userTables.filter(({ name }) => !name.startsWith('#')),
      countRows: (table) => this.store.count(table),
    });
    for (const table of tables) {
      const known = this.catalogue.findTable(table.schema, table.name);
      if (known) this.store.refill(known, table.rows);
      else this.store.create(toCatalogueTable(table, 0), table.rows);
    }
  }
}
