export type {
  MockColumn,
  MockFaults,
  MockLogin,
  MockSqlServer,
  MockSqlServerOptions,
  MockStatement,
  MockTable,
} from './mock/mock-sql-server.ts';
export { MOCK_DATABASE, MOCK_LOGINS } from './mock/mock-sql-server.ts';
export type { CellValue, RawRow, RowSink, TdsColumn, TdsEncoding, TdsTypeName } from './tds-column.ts';
export type { TdsConnection, TdsConnectOptions, TdsEncryption, TdsMessage } from './tds-connection.ts';
