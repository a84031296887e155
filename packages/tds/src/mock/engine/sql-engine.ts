// The SQL engine behind the mock: SQLite in memory, one attached database per schema. All sessions share it; a statement
// runs from its start to its end without another one between.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { CellValue } from '../../tds-column.ts';
import { generateBlocks } from '../generated/generated-rows.ts';
import { generateLargeRows } from '../generated/large-cells.ts';
import { planGeneratedQuery } from '../generated/plan-generated-query.ts';
import { MOCK_DATABASE } from '../mock-defaults.ts';
import type { MockTable } from '../mock-sql-server.ts';
import type { RowBlock } from '../row-block.ts';
import { bindings, refuseUndeclared } from './bind-parameters.ts';
import { fromSqliteValue, type SqliteValue } from './canonical-value.ts';
import { Catalogue, type CatalogueTable, toCatalogueTable } from './catalogue.ts';
import { changeSchema } from './change-schema.ts';
import { checkSeed } from './check-seed.ts';
import { encodeRows } from './encode-rows.ts';
import { registerFunctions } from './engine-functions.ts';
import { EngineSession, type PendingWrite } from './engine-session.ts';
import { GeneratedTables } from './generated-tables.ts';
import type { IsolationFlags } from './isolation-flags.ts';
import { MockSqlError } from './mock-sql-error.ts';
import { SystemTables } from './refresh-system-tables.ts';
import { type ResultColumn, type ResultFacts, toResultColumns } from './result-types.ts';
import { prepareTokens, rewriteStatement } from './rewrite-statement.ts';
import { type RowversionSource, Rowversions } from './rowversions.ts';
import { findIntoClause, type IntoClause, toIntoTable } from './select-into.ts';
import { simplify } from './simplify-statement.ts';
import type { SqlParameter } from './sql-parameter.ts';
import { toSqlError } from './sqlite-errors.ts';
import { TableStore } from './table-store.ts';
import { findTemporaryTables, isTemporaryName, nameTemporaryTables } from './temporary-tables.ts';
import { Transactions } from './transactions.ts';
import { isWord, type TsqlToken } from './tsql-lexer.ts';

/** Rows of a SELECT, or the count of changed rows. */
export type StatementResult =
  | { readonly kind: 'rows'; readonly columns: readonly ResultColumn[]; readonly blocks: Iterable<RowBlock> }
  | { readonly kind: 'changed'; readonly rowCount: number };

/** Rows in which the first value of an expression without a declared type is looked for. */
const SAMPLE_ROWS = 1000;
/**
 * Rows kept as values and encoded while they are sent, so that a client can cancel meanwhile; about 1 KB each. A larger
 * result is encoded at once, which takes 10 µs a row and a seventh of the memory.
 */
const MAX_KEPT_ROWS = 250_000;
/** Sessions of SQL Server's users begin here. */
const FIRST_SPID = 51;

/** See the file's head. */
export class SqlEngine {
  readonly transactions: Transactions;
  private readonly catalogue = new Catalogue();
  private readonly db = new DatabaseSync(':memory:');
  private readonly rowversions = new Rowversions();
  private readonly store = new TableStore(this.db, this.catalogue);
  private readonly generated: GeneratedTables;
  private readonly system: SystemTables;
  private readonly flags: IsolationFlags;
  private nextSpid = FIRST_SPID;
  private current = new EngineSession(0, 'sa');
  private versions: RowversionSource = this.rowversions;

  /** Errors: `MOCK_SEED_INVALID`. */
  constructor(tables: readonly MockTable[], flags: IsolationFlags) {
    this.flags = flags;
    registerFunctions(this.db, {
      database: MOCK_DATABASE,
      catalogue: this.catalogue,
      rowversions: this.rowversions,
      takeRowversion: () => this.versions.next(),
      session: () => this.current,
    });
    this.transactions = new Transactions(this.db, this.rowversions, (write, versions) => this.change(write, versions));
    this.generated = new GeneratedTables(this.catalogue, this.store);
    this.system = new SystemTables(this.catalogue, this.store, { database: MOCK_DATABASE, ...flags });
    for (const seed of tables) {
      const table = toCatalogueTable(seed, this.catalogue.takeObjectId());
      checkSeed(table, seed.rows);
      this.store.create(table, seed.rows);
    }
    this.system.refresh();
  }

  openSession(login: string): EngineSession {
    return new EngineSession(this.nextSpid++, login);
  }

  /** Ends what a connection has open, and drops its temporary tables. */
  closeSession(session: EngineSession): void {
    // A connection may end after its server.
    if (!this.db.isOpen) return;
    this.transactions.end(session);
    for (const table of findTemporaryTables(this.catalogue, session.spid)) this.store.drop(table);
  }

  /** Runs SELECT, INSERT, UPDATE, DELETE, or a change of the schema; throws `MockSqlError` with the number SQL Server would give. */
  run(session: EngineSession, written: readonly TsqlToken[], parameters: readonly SqlParameter[]): StatementResult {
    this.current = session;
    const tokens = nameTemporaryTables(simplify(written), this.catalogue, session.spid);
    if (this.generated.register(tokens, parameters)) this.system.isStale = true;
    try {
      const result = isWord(tokens[0], 'SELECT') ? this.readGenerated(tokens, parameters) : undefined;
      if (result) return result;
      this.generated.materialise(tokens);
      const into = findIntoClause(tokens);
      if (into) return this.selectInto(session, into, parameters);
      if (isWord(tokens[0], 'SELECT', 'WITH')) return this.select(session, tokens, parameters);
      if (!isWord(tokens[0], 'INSERT', 'UPDATE', 'DELETE')) return this.alter(session, tokens);
      return { kind: 'changed', rowCount: this.transactions.write(session, { tokens, parameters }) };
    } catch (error) {
      throw toSqlError(error);
    }
  }

  /** The values of the last row of a SELECT; undefined when it has none. */
  readLastRow(
    session: EngineSession,
    written: readonly TsqlToken[],
    parameters: readonly SqlParameter[],
  ): readonly CellValue[] | undefined {
    this.current = session;
    const tokens = nameTemporaryTables(simplify(written), this.catalogue, session.spid);
    try {
      if (this.generated.register(tokens, parameters)) this.system.isStale = true;
      this.generated.materialise(tokens);
      this.system.refreshFor(tokens);
      return this.transactions.within(session, () => {
        const { statement, bound } = this.prepare({ tokens, parameters });
        let last: readonly CellValue[] | undefined;
        for (const row of readRows(statement, bound)) last = row;
        return last;
      });
    } catch (error) {
      throw toSqlError(error);
    }
  }

  /** Sets the level and refuses snapshots where the database doesn't allow them (error 3952). */
  setIsolation(session: EngineSession, level: string): void {
    if (level === 'snapshot' && !this.flags.isSnapshotAllowed) {
      throw new MockSqlError(
        3952,
        16,
        `Snapshot isolation transaction failed accessing database '${MOCK_DATABASE}' because snapshot isolation is not allowed in this database.`,
      );
    }
    session.isolation = level;
  }

  /** Frees the memory; the engine isn't used afterwards. */
  close(): void {
    this.db.close();
  }

  private alter(session: EngineSession, tokens: readonly TsqlToken[]): StatementResult {
    const temporary = tokens.find(isTemporaryName);
    if (session.transactionDepth > 0 && !temporary) throw refuseInTransaction(tokens[0]?.text ?? '');
    this.system.isStale = true;
    changeSchema(tokens, { catalogue: this.catalogue, store: this.store });
    // What an open transaction wrote into it would be written again.
    if (temporary) session.forget(temporary.text);
    return { kind: 'changed', rowCount: 0 };
  }

  private readGenerated(
    tokens: readonly TsqlToken[],
    parameters: readonly SqlParameter[],
  ): StatementResult | undefined {
    const prepared = prepareTokens(tokens, MOCK_DATABASE);
    const [table] = this.generated.findIn(prepared);
    const range = table && planGeneratedQuery(prepared, table, parameters);
    if (!table?.generated || !range) return undefined;
    const columns = range.columns.flatMap((index) => table.columns[index] ?? []);
    return {
      kind: 'rows',
      columns: columns.map((column) => ({
        name: column.name,
        ...column.type,
        nullable: column.nullable,
        identity: false,
      })),
      blocks:
        table.generated.cellBytes > 0
          ? generateLargeRows(table.generated.cellBytes, range)
          : generateBlocks(table.generated, range),
    };
  }

  private select(
    session: EngineSession,
    tokens: readonly TsqlToken[],
    parameters: readonly SqlParameter[],
  ): StatementResult {
    this.system.refreshFor(tokens);
    return this.transactions.within(session, () => {
      const { statement, bound, tables } = this.prepare({ tokens, parameters });
      const rows = readRows(statement, bound);
      const first = takeRows(rows, MAX_KEPT_ROWS);
      const facts = this.describe({ tokens, parameters, tables, samples: first.slice(0, SAMPLE_ROWS) });
      const columns = toResultColumns(statement.columns(), facts);
      // Either way all is read now: other sessions may write while it is sent.
      const rest = rows.next();
      if (rest.done) return { kind: 'rows', columns, blocks: encodeRows(columns, first) };
      return { kind: 'rows', columns, blocks: [...encodeRows(columns, concat(first, rest.value, rows))] };
    });
  }

  private selectInto(session: EngineSession, into: IntoClause, parameters: readonly SqlParameter[]): StatementResult {
    const isTemporary = into.name.startsWith('#');
    if (session.transactionDepth > 0 && !isTemporary) throw refuseInTransaction('SELECT INTO');
    this.system.refreshFor(into.select);
    const { columns, rows } = this.transactions.within(session, () => {
      const { statement, bound, tables } = this.prepare({ tokens: into.select, parameters });
      const all = [...readRows(statement, bound)];
      const facts = this.describe({ tokens: into.select, parameters, tables, samples: all.slice(0, SAMPLE_ROWS) });
      return { columns: toResultColumns(statement.columns(), facts), rows: all };
    });
    this.store.create(toIntoTable(into, columns, this.catalogue), rows);
    this.system.isStale = true;
    return { kind: 'changed', rowCount: rows.length };
  }

  private describe(facts: {
    readonly tokens: readonly TsqlToken[];
    readonly parameters: readonly SqlParameter[];
    readonly tables: readonly CatalogueTable[];
    readonly samples: readonly CellValue[][];
  }): ResultFacts {
    const parameterTypes = new Map(facts.parameters.map(({ name, type }) => [name.toLowerCase(), type]));
    return { ...facts, catalogue: this.catalogue, parameterTypes };
  }

  private change(write: Omit<PendingWrite, 'versions'>, versions: RowversionSource): number {
    const { statement, bound, tables } = this.prepare(write);
    this.system.isStale = true;
    this.versions = versions;
    try {
      const { changes, lastInsertRowid } = statement.run(bound);
      const hasIdentity = tables.some(({ columns }) => columns.some(({ identity }) => identity));
      if (hasIdentity && isWord(write.tokens[0], 'INSERT')) this.current.lastIdentity = Number(lastInsertRowid);
      return Number(changes);
    } finally {
      this.versions = this.rowversions;
    }
  }

  private prepare({ tokens, parameters }: Omit<PendingWrite, 'versions'>) {
    refuseUndeclared(tokens, parameters);
    const { sql, tables } = rewriteStatement(tokens, this.catalogue, MOCK_DATABASE);
    const statement = this.db.prepare(sql);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    statement.setAllowUnknownNamedParameters(true);
    return { statement, bound: bindings(parameters), tables };
  }
}

function refuseInTransaction(verb: string): MockSqlError {
  return new MockSqlError(226, 16, `${verb} statement not allowed within multi-statement transaction here.`);
}

function* readRows(statement: StatementSync, bound: Record<string, SqliteValue>): Generator<CellValue[], undefined> {
  for (const row of statement.iterate(bound)) yield Object.values(row).map(fromSqliteValue);
}

/** The next rows. Not `take`: that would end the iterator. */
function takeRows(rows: Iterator<CellValue[], undefined>, limit: number): CellValue[][] {
  const taken: CellValue[][] = [];
  while (taken.length < limit) {
    const row = rows.next();
    if (row.done) break;
    taken.push(row.value);
  }
  return taken;
}

function* concat(
  first: readonly CellValue[][],
  next: CellValue[],
  rest: Iterable<CellValue[]>,
): Generator<CellValue[]> {
  yield* first;
  yield next;
  yield* rest;
}
