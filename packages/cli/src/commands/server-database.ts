import { join } from 'node:path';
import { TowpathError } from '@towpath/core';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { ensureCredentials } from '../embedded-postgres/credentials.ts';
import { formatStateUrl } from '../embedded-postgres/databases.ts';
import { findInstance, findStateFolder } from '../instance/instance-record.ts';

/** Options of every command that works on the database of a server. */
export interface DatabaseOptions {
  readonly databaseUrl?: string;
}

/** Adds them. A subcommand's own --database-url is taken by `server`, which has the same: it is read with the parent's. */
export function addDatabaseOption(command: Command): Command {
  return command.option('--database-url <url>', 'PostgreSQL that holds the state (default: TOWPATH_DATABASE_URL)');
}

/**
 * The URL that was given, else the one of the instance that runs for this folder: whoever can read its folder owns its
 * database.
 *
 * @throws TowpathError `DATABASE_URL_INVALID`, `DATABASE_URL_MISSING`
 */
export async function findDatabaseUrl(context: CommandContext, options: DatabaseOptions): Promise<string> {
  const isGiven = Boolean(options.databaseUrl ?? context.env.TOWPATH_DATABASE_URL);
  const stateFolder = isGiven ? undefined : findStateFolder(context.cwd);
  const instance = stateFolder === undefined ? undefined : findInstance(stateFolder);
  if (stateFolder === undefined || instance === undefined) return getDatabaseUrl(context, options);
  return formatStateUrl(instance.warehouse.port, await ensureCredentials(join(stateFolder, 'postgres'), true));
}

/**
 * The URL that was given.
 *
 * @throws TowpathError `DATABASE_URL_INVALID`, `DATABASE_URL_MISSING`
 */
export function getDatabaseUrl(context: CommandContext, options: DatabaseOptions): string {
  const url = options.databaseUrl ?? context.env.TOWPATH_DATABASE_URL;
  if (url && /^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? '')) return url;
  if (url) {
    throw new TowpathError({
      code: 'DATABASE_URL_INVALID',
      message: 'The database URL can not be read as one.',
      fix: 'Give it as postgres://user:password@host:5432/database, special characters percent-encoded.',
    });
  }
  throw new TowpathError({
    code: 'DATABASE_URL_MISSING',
    message: 'The server needs a PostgreSQL of yours.',
    cause:
      'Neither --database-url nor TOWPATH_DATABASE_URL is given. Only `npx towpath dev` brings its own, and none runs for this folder.',
    fix: 'Set TOWPATH_DATABASE_URL, or use `npx towpath dev` on a laptop.',
  });
}
