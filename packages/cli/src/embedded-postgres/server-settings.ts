// The server's settings, given on its command line: nothing to write into the data folder, nothing for two starts to
// race about. They hold no secret, as every user of the machine may read a command line.

import { TowpathError } from '@towpath/core';

/** A laptop's PostgreSQL: small, quiet when idle, durable. Measured in docs/adr/0002-embedded-postgresql.md. */
const DEFAULTS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1,::1',
  shared_buffers: '64MB',
  max_connections: '60',
  // Compiling costs more than it gives on tables of a laptop's size.
  jit: 'off',
  // Nobody replicates from here; a COPY into a table of the same transaction then skips the WAL.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  // Spares the three I/O worker processes PostgreSQL 18 starts by default.
  io_method: 'sync',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // %e is the SQLSTATE, by which a failed start is told.
  log_line_prefix: '%m [%p] %e ',
  password_encryption: 'scram-sha-256',
};

/** `-c name=value` words for `port`; `settings` win over ours. Errors: `EMBEDDED_POSTGRES_SETTING_INVALID`. */
export function formatSettings(port: number, settings: Readonly<Record<string, string>>): string[] {
  const all = { ...DEFAULTS, ...settings, port: String(port) };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${parseSettingName(name)}=${value}`]);
}

function parseSettingName(name: string): string {
  if (/^[a-z_][a-z0-9_.]*$/.test(name)) return name;
  throw new TowpathError({
    code: 'EMBEDDED_POSTGRES_SETTING_INVALID',
    message: `${JSON.stringify(name)} is not the name of a PostgreSQL setting.`,
    cause: 'Names have lower-case letters, digits, "_" and ".".',
    fix: 'Take the name from the PostgreSQL documentation, chapter 19.',
  });
}
