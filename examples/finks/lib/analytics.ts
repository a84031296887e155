// The analytics schema of one environment (`dev_analytics`), where gold lies for queries.
import pg from 'pg';
import type { Quote } from './quote.ts';

/** Where it is. */
export interface Analytics {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly schema: string;
}

/** Replaces a day's quotes in one transaction; returns totals per symbol. Repeating it changes nothing. */
export async function publishQuotes(
  target: Analytics,
  day: string,
  quotes: readonly Quote[],
): Promise<readonly string[]> {
  const { host, port, user } = target;
  const client = new pg.Client({ host, port, user, database: 'bronze', connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const schema = client.escapeIdentifier(target.schema);
    await client.query('begin');
    await client.query(`create schema if not exists ${schema}`);
    await client.query(
      `create table if not exists ${schema}.daily_quotes
         (symbol text, day date, price numeric, volume bigint, primary key (symbol, day))`,
    );
    await client.query(`delete from ${schema}.daily_quotes where day = $1`, [day]);
    await client.query(
      `insert into ${schema}.daily_quotes (symbol, day, price, volume)
       select symbol, day, price, volume from json_to_recordset($1)
         as given (symbol text, day date, price numeric, volume bigint)`,
      [JSON.stringify(quotes)],
    );
    const answer = await client.query<{ line: string }>(
      `select format('%s,%s,%s', symbol, price, volume) as line from ${schema}.daily_quotes where day = $1 order by symbol`,
      [day],
    );
    await client.query('commit');
    return answer.rows.map(({ line }) => line);
  } finally {
    await client.end();
  }
}
