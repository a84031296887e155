// The connection to the source, and how consistent a read of it can be. The source sees SET and SELECT, nothing else.
import { TowpathError } from '@towpath/core';
import { connectTds, type TdsConnection, type TdsConnectOptions } from '@towpath/tds';

/** Opens the source. Errors: those of `connectTds`. */
export function connectSource(options: TdsConnectOptions): Promise<TdsConnection> {
  return connectTds(options);
}

/** `sqlserver://host/database`: names a source for people and lineage. The port is left out: it is how, not what. */
export function nameSourceSystem({ host, database }: TdsConnectOptions): string {
  return `sqlserver://${host.toLowerCase()}/${database}`;
}

/** The source's address with its login and without its password. */
export function formatConnectionString({ host, port, database, username }: TdsConnectOptions): string {
  return `Server=${host},${port};Database=${database};User ID=${username};Password=***`;
}

/**
 * Chooses the strongest isolation the database offers for one statement and says which. SNAPSHOT and READ COMMITTED
 * SNAPSHOT give one consistent state; under plain READ COMMITTED rows that move while we read may be missed or doubled.
 */
export async function chooseIsolation(source: TdsConnection): Promise<string> {
  const offered = await readOffer(source);
  if (offered.snapshot) {
    await source.query('SET TRANSACTION ISOLATION LEVEL SNAPSHOT');
    return 'SNAPSHOT';
  }
  await source.query('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
  if (offered.readCommittedSnapshot) return 'READ COMMITTED SNAPSHOT';
  return `READ COMMITTED (${offered.reason})`;
}

interface IsolationOffer {
  readonly snapshot: boolean;
  readonly readCommittedSnapshot: boolean;
  readonly reason: string;
}

const OFFER_STATEMENT =
  'SELECT snapshot_isolation_state, is_read_committed_snapshot_on FROM sys.databases WHERE name = DB_NAME()';

async function readOffer(source: TdsConnection): Promise<IsolationOffer> {
  try {
    const { rows } = await source.query(OFFER_STATEMENT);
    const [snapshot, readCommittedSnapshot] = rows[0] ?? [];
    return {
      snapshot: Number(snapshot) === 1,
      readCommittedSnapshot: readCommittedSnapshot === true || Number(readCommittedSnapshot) === 1,
      reason: 'the database does not allow SNAPSHOT',
    };
  } catch (error) {
    // A login without the right to ask still may read; the audit row then says what was not known.
    if (error instanceof TowpathError && error.code === 'TDS_SERVER_ERROR') {
      return {
        snapshot: false,
        readCommittedSnapshot: false,
        reason: 'the source did not say whether it allows SNAPSHOT',
      };
    }
    throw error;
  }
}
