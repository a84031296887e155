import pg from 'pg';
import { preparePlatformBinaries } from '../embedded-postgres/platform-binaries.ts';
import { findInstance } from '../instance/instance-record.ts';
import type { Check } from './check.ts';
import { toErrorFinding } from './to-finding.ts';

/** Is there a PostgreSQL for this platform, and does the running warehouse answer? */
export const checkPostgres: Check = async ({ stateFolder }) => {
  const subject = 'postgresql';
  try {
    await preparePlatformBinaries();
    const warehouse = findInstance(stateFolder)?.warehouse;
    if (!warehouse) return [{ subject, status: 'ok', text: 'ready to be started' }];
    const client = new pg.Client({ ...warehouse, connectionTimeoutMillis: 3000 });
    await client.connect();
    await client.end();
    return [{ subject, status: 'ok', text: `answers on port ${warehouse.port}` }];
  } catch (thrown) {
    return [toErrorFinding(subject, thrown, 'See .towpath/postgres/postgres.log.')];
  }
};
