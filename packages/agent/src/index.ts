export { getOwnIdentity, isProcessAlive, type ProcessIdentity } from './host/process-identity.ts';
export { isProcessLockHeld, takeProcessLock } from './host/process-lock.ts';
export { type AgentOptions, startAgent, type TowpathAgent } from './start-agent.ts';
