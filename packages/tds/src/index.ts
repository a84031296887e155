export { decodeText, isDecodable } from './codec/code-page.ts';
export { parseDeclaredType } from './codec/declared-type.ts';
export { decodeCell } from './codec/decode-cell.ts';
export { encodeVariant, readVariant, type TdsVariant } from './codec/variant.ts';
export { findGeneratedTable, generatedRow } from './mock/generated/generated-table.ts';
export { largeByteAt } from './mock/generated/large-cells.ts';
export { MOCK_DATABASE, MOCK_LOGINS } from './mock/mock-defaults.ts';
export type {
  AnswerSspi,
  MockColumn,
  MockEncryption,
  MockFaults,
  MockLogin,
  MockSqlServer,
  MockSqlServerOptions,
  MockStatement,
  MockTable,
} from './mock/mock-sql-server.ts';
export { ALL_TYPES } from './mock/seed/all-types.ts';
export { MOCK_TABLES } from './mock/seed/mock-tables.ts';
export { startMockSqlServer } from './mock/start-mock-sql-server.ts';
export { parseTsqlName, quoteTsqlName, type TsqlTableName } from './names/tsql-name.ts';
export { connectTds } from './reader/connect-tds.ts';
export type { CellPiece, CellValue, RawRow, RowSink, TdsColumn, TdsEncoding, TdsTypeName } from './tds-column.ts';
export { OMITTED_CELL } from './tds-column.ts';
export type {
  TdsCertificateOptions,
  TdsConnection,
  TdsConnectOptions,
  TdsEncryption,
  TdsIntegratedSecurity,
  TdsMessage,
  TdsParameter,
  TdsRequestOptions,
} from './tds-connection.ts';
