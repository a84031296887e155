import { PORTS } from '../part-config.ts';
import type { Part } from './part.ts';

/** The source: a mock SQL Server with seeded tables. */
export async function startMockPart(): Promise<Part> {
  const { startMockSqlServer } = await import('@towpath/tds');
  return await startMockSqlServer({ host: '0.0.0.0', port: PORTS.mock, encryption: 'optional' });
}
