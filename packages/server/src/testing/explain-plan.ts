// How PostgreSQL would carry an operation out, on a database that a test filled.
import type pg from 'pg';
import type { Db } from '../db/database.ts';

/** What a plan reads. */
export interface ReadPlan {
  readonly indexes: ReadonlySet<string>;
  /** Tables that are read from end to end. */
  readonly wholeTables: ReadonlySet<string>;
}

/** Plans the one statement of an operation, for its values or for any; nothing is carried out. */
export async function explainPlan(
  client: pg.Client,
  run: (db: Db) => Promise<unknown>,
  plannedFor: 'values' | 'any' = 'values',
): Promise<ReadPlan> {
  const statements: [string, unknown[]][] = [];
  // Operations send one statement through `query`; here it is only noted.
  const recorder = {
    query: (text: string, values: unknown[] = []) => {
      statements.push([text, values]);
      return Promise.resolve({ rows: [], rowCount: 0 });
    },
  };
  await run(recorder as unknown as Db).catch((thrown: unknown) => {
    // Some operations want a row; the statement was noted before.
    if (statements.length === 0) throw thrown;
  });
  const [statement] = statements;
  if (!statement) throw new Error('the operation sent no statement');
  const [text, values] = statement;
  const explain =
    plannedFor === 'any' ? { text: `explain (generic_plan) ${text}` } : { text: `explain ${text}`, values };
  const answer = await client.query<{ 'QUERY PLAN': string }>(explain);
  const plan = answer.rows.map((row) => row['QUERY PLAN']).join('\n');
  const all = (pattern: RegExp) => new Set([...plan.matchAll(pattern)].map(([, name]) => name ?? ''));
  return {
    indexes: all(/Index(?: Only)? Scan(?: Backward)? (?:using|on) (\S+)/g),
    wholeTables: all(/Seq Scan on (\S+)/g),
  };
}
