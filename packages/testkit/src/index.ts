export { assertNoOrphans, findLeftovers } from './leftovers.ts';
export { listDescendants, listGroup, listProcesses, type ProcessRow } from './process-table.ts';
export { type Part, type PartName, requirePart } from './require-part.ts';
export { signalProcess } from './signal-process.ts';
export { type ProcessExit, type SpawnedProcess, type SpawnRequest, spawnProcess } from './spawned-process.ts';
export { type ProxyAddress, type ProxyCut, startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
export { createTestDatabase, type DatabaseRequest, type TestDatabase } from './test-database.ts';
export { startTestRun, type TestPostgres, type TestRun } from './test-run.ts';
export { waitFor } from './wait-for.ts';
