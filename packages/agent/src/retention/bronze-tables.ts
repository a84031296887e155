// Retention of tables: rows whose `_loaded_at` is past go. Only tables with that lineage column are touched, so control
// tables, quarantine without it, and tables of people stay.
import type pg from 'pg';

/** Rows of a table that are past. */
export interface ExpiredRows {
  readonly table: string;
  readonly rowCount: number;
  /** The oldest of them. */
  readonly oldestAt: Date;
}

/** A load that holds a table goes first; retention comes again. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * Tables of a schema with a lineage column: ordinary and partitioned ones, no views and no partitions (their parent has
 * their rows). Zero rows: nothing was loaded yet.
 */
const LIST_TABLES = `
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as table
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attname = '_loaded_at' and not a.attisdropped
 where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition
   and a.atttypid = 'timestamptz'::regtype
 order by 1`;

/** Counts the rows that were loaded before `cutoff`, per table; tables without any are left out. */
export async function listExpiredRows(
  client: pg.ClientBase,
  schema: string,
  cutoff: Date,
): Promise<readonly ExpiredRows[]> {
  const { rows } = await client.query<{ table: string }>(LIST_TABLES, [schema]);
  const counted: ExpiredRows[] = [];
  for (const { table } of rows) {
    const answer = await client.query<{ count: string; oldest: Date | null }>(
      // `table` is quoted by PostgreSQL itself.
      `select count(*) as count, min(_loaded_at) as oldest from ${table} where _loaded_at < $1`,
      [cutoff],
    );
    const { count, oldest } = answer.rows[0] ?? { count: '0', oldest: null };
    if (oldest !== null) counted.push({ table, rowCount: Number(count), oldestAt: oldest });
  }
  return counted;
}

/** Deletes them, one transaction per table. Returns how many rows went, per table. */
export async function deleteExpiredRows(
  client: pg.ClientBase,
  tables: readonly string[],
  cutoff: Date,
): Promise<readonly { readonly table: string; readonly rowCount: number }[]> {
  const deleted: { table: string; rowCount: number }[] = [];
  await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
  for (const table of tables) {
    const { rowCount } = await client.query(`delete from ${table} where _loaded_at < $1`, [cutoff]);
    deleted.push({ table, rowCount: rowCount ?? 0 });
  }
  return deleted;
}
