export { createCertificate, type TestCertificate } from './create-certificate.ts';
export { assertNoOrphans, findLeftovers } from './leftovers.ts';
export { listDescendants, listGroup, listProcesses, type ProcessRow } from './process-table.ts';
export { type DockerPart, requireDocker } from './require-docker.ts';
export { type KubernetesPart, requireKubernetes } from './require-kubernetes.ts';
export { type Part, type PartName, requirePart } from './require-part.ts';
export { type PartControl, requirePartControl } from './require-part-control.ts';
export { type RegistryPart, requireRegistry } from './require-registry.ts';
export { type DynatraceStub, startDynatraceStub } from './services/dynatrace-stub.ts';
export { type GitHubStub, startGitHubStub } from './services/github-stub.ts';
export {
  type ServiceFault,
  type ServiceReply,
  type ServiceRequest,
  type ServiceStub,
  startServiceStub,
} from './services/service-stub.ts';
export { type ServiceNowStub, startServiceNowStub } from './services/servicenow-stub.ts';
export { signalProcess } from './signal-process.ts';
export { type ProcessExit, type SpawnedProcess, type SpawnRequest, spawnProcess } from './spawned-process.ts';
export { type MotoServer, startMoto } from './start-moto.ts';
export { type ProxyAddress, type ProxyCut, startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
export { createTestDatabase, type DatabaseRequest, type TestDatabase } from './test-database.ts';
export { startTestRun, type TestPostgres, type TestRun } from './test-run.ts';
export { waitFor } from './wait-for.ts';
