// The tables as SQLite has them: made, changed and dropped together with their catalogue entry. Each schema is an attached
// database, so that `[dbo].[Orders]` is a name there too.
import type { DatabaseSync } from 'node:sqlite';
import { quoteTsqlName } from '../../names/tsql-name.ts';
import type { CellValue } from '../../tds-column.ts';
import { toSqliteValue } from './canonical-value.ts';
import { type Catalogue, type CatalogueColumn, type CatalogueTable, isRowversion } from './catalogue.ts';
import { toSqliteType } from './sql-type.ts';

/** See the file's head. Triggers give written values the form of their types (or an error), and rows a new rowversion. */
export class TableStore {
  private readonly db: DatabaseSync;
  private readonly catalogue: Catalogue;
  private readonly schemas = new Set<string>();

  constructor(db: DatabaseSync, catalogue: Catalogue) {
    this.db = db;
    this.catalogue = catalogue;
  }

  /** Makes a table with these rows, and puts it into the catalogue. */
  create(table: CatalogueTable, rows: readonly (readonly CellValue[])[]): void {
    this.createEmpty(table);
    this.insert(table, rows);
    if (table.objectId !== 0) this.createTriggers(table);
    this.catalogue.put(table);
  }

  /** Puts rows in the place of all that a system table has. */
  refill(table: CatalogueTable, rows: readonly (readonly CellValue[])[]): void {
    this.db.exec(`delete from ${nameOf(table)}`);
    this.insert(table, rows);
  }

  drop(table: CatalogueTable): void {
    this.db.exec(`drop table ${nameOf(table)}`);
    this.catalogue.remove(table);
  }

  /** Rebuilds a table with other columns; `sources` gives each new column as SQL over the old ones. Rowversions stay. */
  replace(old: CatalogueTable, next: CatalogueTable, sources: readonly string[]): void {
    const temporary = { ...next, name: `${next.name} (new)` };
    this.createEmpty(temporary);
    try {
      const names = next.columns.map((column) => quoted(column.name)).join(', ');
      this.db.exec(`insert into ${nameOf(temporary)} (${names}) select ${sources.join(', ')} from ${nameOf(old)}`);
    } catch (error) {
      this.db.exec(`drop table ${nameOf(temporary)}`);
      throw error;
    }
    this.db.exec(`drop table ${nameOf(old)}`);
    this.db.exec(`alter table ${nameOf(temporary)} rename to ${quoted(next.name)}`);
    this.createTriggers(next);
    this.catalogue.remove(old);
    this.catalogue.put(next);
  }

  /** Fills a generated table for good: its rows can be changed from now on. */
  materialise(table: CatalogueTable, rows: Iterable<readonly CellValue[]>): void {
    this.createEmpty(table);
    this.db.exec('begin');
    this.insert(table, rows);
    this.db.exec('commit');
    for (const column of table.columns.filter(isRowversion)) {
      const index = `${quoted(table.schema)}.${quoted(`${table.name} ${column.name}`)}`;
      this.db.exec(`create index ${index} on ${quoted(table.name)} (${quoted(column.name)})`);
    }
    this.createTriggers(table);
    this.catalogue.put(table);
  }

  count(table: CatalogueTable): number {
    if (table.generated) return table.generated.rowCount;
    return Number(this.db.prepare(`select count(*) as n from ${nameOf(table)}`).get()?.n ?? 0);
  }

  private createEmpty(table: CatalogueTable): void {
    if (!this.schemas.has(table.schema)) this.db.exec(`attach ':memory:' as ${quoted(table.schema)}`);
    this.schemas.add(table.schema);
    const keys = table.columns.filter((column) => column.primaryKey);
    // An identity that is all of the key is SQLite's own key, which counts up by itself.
    const rowKey = keys.length === 1 && keys[0]?.identity ? keys[0] : undefined;
    const columns = table.columns.map((column) => toSqliteColumn(column, column === rowKey));
    if (keys.length > 0 && !rowKey) columns.push(`primary key (${keys.map(({ name }) => quoted(name)).join(', ')})`);
    this.db.exec(`create table ${nameOf(table)} (${columns.join(', ')})`);
  }

  private insert(table: CatalogueTable, rows: Iterable<readonly CellValue[]>): void {
    const marks = table.columns.map(() => '?').join(', ');
    const insert = this.db.prepare(`insert into ${nameOf(table)} values (${marks})`);
    for (const row of rows) insert.run(...row.map(toSqliteValue));
  }

  private createTriggers(table: CatalogueTable): void {
    const assignments = table.columns.flatMap((column, index) => {
      if (column.identity) return [];
      const name = quoted(column.name);
      return [
        `${name} = ${isRowversion(column) ? 'tds_rowversion()' : `tds_store(${table.objectId}, ${index}, ${name})`}`,
      ];
    });
    const [first] = table.columns;
    if (!first || assignments.length === 0) return;
    const touch = `${quoted(first.name)} = ${quoted(first.name)}`;
    // An update in the insert trigger fires the update trigger, which does the work for both.
    for (const [event, change] of [
      ['insert', touch],
      ['update', assignments.join(', ')],
    ] as const) {
      this.db.exec(
        `create trigger ${quoted(table.schema)}.${quoted(`${table.name} ${event}`)} after ${event} on ${quoted(table.name)} ` +
          `begin update ${quoted(table.name)} set ${change} where rowid = new.rowid; end`,
      );
    }
  }
}

function toSqliteColumn(column: CatalogueColumn, isKey: boolean): string {
  const type = isKey ? 'integer primary key' : toSqliteType(column.type);
  const isFilled = column.nullable || isKey || isRowversion(column);
  const fallback = column.defaultSql === undefined ? '' : ` default (${column.defaultSql})`;
  return `${quoted(column.name)} ${type}${isFilled ? '' : ' not null'}${fallback}`;
}

/** A name for SQLite; checked as a T-SQL name first. */
export function quoted(name: string): string {
  quoteTsqlName(name);
  return `"${name.replaceAll('"', '""')}"`;
}

function nameOf(table: CatalogueTable): string {
  return `${quoted(table.schema)}.${quoted(table.name)}`;
}
