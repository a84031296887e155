export { getOwnIdentity, isProcessAlive, type ProcessIdentity } from './host/process-identity.ts';
