import * as testkit from '@towpath/testkit';
import { expect, it } from 'vitest';
import { startIngestionHarness } from './testing/ingestion-harness.ts';

it.each([
  [true, true, 'SNAPSHOT', 'SNAPSHOT'],
  [false, true, 'READ COMMITTED SNAPSHOT', 'READ COMMITTED'],
  [false, false, 'READ COMMITTED (the database does not allow SNAPSHOT)', 'READ COMMITTED'],
])(
  'a source with SNAPSHOT %s and READ COMMITTED SNAPSHOT %s is read with %s, and the audit row says so',
  async (isSnapshotAllowed, isReadCommittedSnapshot, recorded, level) => {
    const world = await startIngestionHarness(testkit, { isSnapshotAllowed, isReadCommittedSnapshot });
    try {
      await world.run(['ingest-table', 'Customer']);
      expect(await world.readRow('select source_isolation from bronze.ingestion_audit')).toEqual({
        source_isolation: recorded,
      });
      const set = world.mock.statements.filter(({ sql }) => sql.startsWith('SET TRANSACTION'));
      expect(set.map(({ sql }) => sql)).toEqual([`SET TRANSACTION ISOLATION LEVEL ${level}`]);
    } finally {
      await world.close();
    }
  },
);
