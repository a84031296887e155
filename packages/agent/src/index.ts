export { getOwnIdentity, isProcessAlive, type ProcessIdentity } from './host/process-identity.ts';
export { type AgentOptions, startAgent, type TowpathAgent } from './start-agent.ts';
