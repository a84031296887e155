// What a mock SQL Server has unless it is told otherwise. An entry of its own: who only names them does not load the mock.
import type { MockLogin } from './mock-sql-server.ts';

/** The database every session is in. */
export const MOCK_DATABASE = 'TestWarehouse';

/** The default logins: one may write, one only reads. They guard fixed test data, so they are no secret. */
export const MOCK_LOGINS = {
  readWrite: { username: 'towpath', password: 'Towpath-mock-1', readOnly: false },
  readOnly: { username: 'reader', password: 'Reader-mock-1', readOnly: true },
} as const satisfies Record<string, MockLogin>;
