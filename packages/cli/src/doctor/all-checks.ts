// Every check there is, by the name that `--only` takes. Loaded when it is asked: they bring PostgreSQL, TDS and TLS
// clients that no other command needs.
import type { Check } from './check.ts';

/** A check by its name. */
export interface NamedCheck {
  readonly name: string;
  readonly load: () => Promise<Check>;
}

/** In the order in which their findings are shown. */
export const CHECKS: readonly NamedCheck[] = [
  { name: 'node', load: async () => (await import('./check-node.ts')).checkNode },
  { name: 'disk', load: async () => (await import('./check-disk.ts')).checkDisk },
  { name: 'ports', load: async () => (await import('./check-ports.ts')).checkPorts },
  { name: 'clock', load: async () => (await import('./check-clock.ts')).checkClock },
  { name: 'environment', load: async () => (await import('./check-environment.ts')).checkEnvironment },
  { name: 'secrets', load: async () => (await import('./check-secrets.ts')).checkSecrets },
  { name: 'secret-files', load: async () => (await import('./check-secret-files.ts')).checkSecretFiles },
  { name: 'targets', load: async () => (await import('./check-targets.ts')).checkTargets },
  { name: 'registry', load: async () => (await import('./check-registry.ts')).checkRegistry },
  { name: 'addresses', load: async () => (await import('./check-addresses.ts')).checkAddresses },
  { name: 'certificates', load: async () => (await import('./check-certificates.ts')).checkCertificates },
  { name: 'git', load: async () => (await import('./check-git.ts')).checkGit },
  { name: 'server', load: async () => (await import('./check-server.ts')).checkServer },
  { name: 'databases', load: async () => (await import('./check-databases.ts')).checkDatabases },
  { name: 'postgresql', load: async () => (await import('./check-postgres.ts')).checkPostgres },
  { name: 'mock', load: async () => (await import('./check-mock.ts')).checkMock },
  { name: 'instance', load: async () => (await import('./check-instance.ts')).checkInstance },
];
