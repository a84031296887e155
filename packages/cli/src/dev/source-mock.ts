// The mock SQL Server of an instance: the one that runs by itself already, else one in this process.

import { findServerPort } from '../embedded-postgres/server-port.ts';
import { findMock } from '../instance/instance-record.ts';

/** A mock that an instance uses; `close` ends only a mock of its own. */
export interface SourceMock {
  readonly host: string;
  readonly port: number;
  readonly isShared: boolean;
  close(): Promise<void>;
}

/** Uses the mock that `towpath mock-sqlserver --detach` left running for this state folder, or starts one here. */
export async function openSourceMock(stateFolder: string, preferredPort: number): Promise<SourceMock> {
  const running = findMock(stateFolder);
  if (running) return { host: running.host, port: running.port, isShared: true, close: async () => undefined };
  const { startMockSqlServer } = await import('@towpath/tds');
  const { port } = await findServerPort(preferredPort);
  const mock = await startMockSqlServer({ host: '127.0.0.1', port, encryption: 'optional' });
  return { host: mock.host, port: mock.port, isShared: false, close: () => mock.close() };
}
