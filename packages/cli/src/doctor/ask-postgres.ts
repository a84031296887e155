import pg from 'pg';

/** Longer than a connection across the world takes with TLS; who takes longer is of no use to an attempt. */
const TIMEOUT_MS = 4_000;

/** What a PostgreSQL says of itself. */
export interface PostgresAnswer {
  /** `18.4` */
  readonly version: string;
  readonly major: number;
  /** Its clock less ours, in milliseconds; true to half of `roundTripMs`. */
  readonly aheadMs: number;
  readonly roundTripMs: number;
}

const ASK = `
select current_setting('server_version') as version,
       current_setting('server_version_num')::int / 10000 as major,
       (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms`;

/** Asks on a connection of its own. @throws the driver's error: only its `code` may be shown, its message quotes addresses */
export async function askPostgres(config: pg.ClientConfig, now: () => number): Promise<PostgresAnswer> {
  const client = new pg.Client({
    ...config,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    application_name: 'towpath-doctor',
  });
  // A connection that dies between two statements reports here; the statement reports it to us.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const askedAtMs = now();
    const { rows } = await client.query<{ version: string; major: number; now_ms: number }>(ASK);
    const answeredAtMs = now();
    const [row] = rows;
    if (!row) throw new Error('a select without a table returned no row');
    const aheadMs = row.now_ms - (askedAtMs + answeredAtMs) / 2;
    return { version: row.version, major: row.major, aheadMs, roundTripMs: answeredAtMs - askedAtMs };
  } finally {
    await client.end().catch(() => undefined);
  }
}
