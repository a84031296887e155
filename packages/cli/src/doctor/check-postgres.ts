import pg from 'pg';
import { preparePlatformBinaries } from '../embedded-postgres/platform-binaries.ts';
import { findInstance } from '../instance/instance-record.ts';
import type { Check, Finding } from './check.ts';
import { toErrorFinding } from './to-finding.ts';

const TIMEOUT_MS = 3_000;

/** Is there a PostgreSQL for this platform, and does the running warehouse answer? */
export const checkPostgres: Check = async ({ stateFolder }) => {
  const subject = 'postgresql';
  try {
    await preparePlatformBinaries();
  } catch (thrown) {
    return [toErrorFinding(subject, thrown)];
  }
  const warehouse = findInstance(stateFolder)?.warehouse;
  if (!warehouse) return [{ subject, status: 'ok', text: 'ready to be started' }];
  const client = new pg.Client({ ...warehouse, connectionTimeoutMillis: TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return [{ subject, status: 'ok', text: `answers on port ${warehouse.port}` }];
  } catch (thrown) {
    return [unreachable(warehouse.port, thrown)];
  } finally {
    await client.end().catch(() => undefined);
  }
};

function unreachable(port: number, thrown: unknown): Finding {
  const why = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'no answer';
  return {
    subject: 'postgresql',
    status: 'problem',
    text: `PostgreSQL of the running instance does not answer on port ${port} (${why}).`,
    fix: 'See .towpath/postgres/postgres.log; `npx towpath stop`, then start again.',
    code: 'WAREHOUSE_UNREACHABLE',
  };
}
