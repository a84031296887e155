export { getOwnIdentity, isProcessAlive, type ProcessIdentity } from './host/process-identity.ts';
export { isProcessLockHeld, takeProcessLock } from './host/process-lock.ts';
export { openSecretProvider } from './secrets/open-secret-provider.ts';
export type { ProviderContext } from './secrets/provider-context.ts';
export { createRedactor, type NamedSecret, type Redactor } from './secrets/redaction/create-redactor.ts';
export type { RedactingStream } from './secrets/redaction/redacting-stream.ts';
export type { SecretPaths } from './secrets/secret-paths.ts';
export {
  createSecretStore,
  type SecretRead,
  type SecretStore,
  type SecretStoreOptions,
} from './secrets/secret-store.ts';
export { SecretValue } from './secrets/secret-value.ts';
export { parseSecretsOptions } from './secrets/secrets-options.ts';
export { type AgentOptions, startAgent, type TowpathAgent } from './start-agent.ts';
