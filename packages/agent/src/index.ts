export type { CheckText } from './attempts/find-task-problem.ts';
export type { AllowedContradictions } from './audit/agent-audit.ts';
export { tellRefusedReferences } from './audit/tell-refused-references.ts';
export { type LoadedCode, loadCode } from './code/load-code.ts';
export type { AgentEnvironment } from './environment/agent-environment.ts';
export type { ExecutorSetup, KubernetesSetup } from './executors/executor-setup.ts';
export { getOwnIdentity, isProcessAlive, type ProcessIdentity } from './host/process-identity.ts';
export { isProcessLockHeld, takeProcessLock } from './host/process-lock.ts';
export type { ResolveText } from './notify/notification-sink.ts';
export type { SinkDeclaration } from './notify/sink-declaration.ts';
export { type RetentionReport, settleEnvironment } from './retention/settle-environment.ts';
export type { ZoneReport } from './retention/settle-zone.ts';
export {
  type EnvironmentSecrets,
  openEnvironmentSecrets,
  type ReadAudit,
  type SecretsSetup,
} from './secrets/environment-secrets.ts';
export { toSecretReadEntry } from './secrets/to-audit-entry.ts';
export { requireExpected } from './session/judge-environment.ts';
export { type AgentOptions, startAgent, type TowpathAgent } from './start-agent.ts';
export type { AgentTarget } from './targets/agent-target.ts';
export { createTarget, resolvePostgresPlace } from './targets/create-target.ts';
export { findRefusal } from './targets/target-errors.ts';
