import type { IngestionHarness } from './ingestion-harness.ts';

/** What tests of quarantine do with the table of readings, and ask of bronze. */
export interface ReadingsSteps {
  /** Loads the readings; the lines that were printed. */
  readonly ingest: (...options: string[]) => Promise<string[]>;
  /** Loads them, and puts bad rows aside. */
  readonly putAside: () => Promise<string[]>;
  readonly readIds: () => Promise<unknown[]>;
  /** State of each row that was put aside, in the order they were. */
  readonly readStates: () => Promise<unknown[]>;
}

/** Steps in whatever world the running test has. */
export function createReadingsSteps(world: () => Pick<IngestionHarness, 'run' | 'bronze'>): ReadingsSteps {
  const ingest = (...options: string[]): Promise<string[]> => world().run(['ingest-table', 'Readings', ...options]);
  const readColumn = async (sql: string): Promise<unknown[]> =>
    (await world().bronze.query(sql)).rows.map(({ value }) => value);
  return {
    ingest,
    putAside: () => ingest('--bad-rows', 'quarantine'),
    readIds: () => readColumn('select id as value from bronze.dbo_readings order by id'),
    readStates: () =>
      readColumn('select remediation_status as value from bronze.ingestion_quarantine order by quarantine_id'),
  };
}
