// `test-connection`: reaches the source, and bronze when it is configured, and says what answered.

import type { Command } from 'commander';
import { connectBronze } from '../bronze/connect-bronze.ts';
import { type CliOptions, readConfiguration } from '../settings/configuration.ts';
import { type Environment, readSettings, readSourceSettings } from '../settings/read-settings.ts';
import { chooseIsolation, connectSource } from '../source/connect-source.ts';
import type { CommandContext } from './command-context.ts';

/** Adds the command. */
export function addTestConnection(program: Command, context: CommandContext): void {
  program
    .command('test-connection')
    .description('connect to the source, and to bronze when BRONZE_HOST is set')
    .option('-s, --server <host>', 'instead of MSSQL_SERVER')
    .option('-d, --database <name>', 'instead of MSSQL_DATABASE')
    .option('-a, --auth <kind>', 'instead of MSSQL_AUTH_TYPE')
    .option('-u, --username <name>', 'instead of MSSQL_USERNAME')
    .option('-p, --password <text>', 'instead of MSSQL_PASSWORD, which nobody else on the machine can read')
    .action((_own: unknown, self: Command) => testConnection(context, self.optsWithGlobals<CliOptions>()));
}

/** Prints one line per side. Errors: `SETTINGS_INVALID`, and those of the connections. */
async function testConnection(context: CommandContext, options: CliOptions): Promise<void> {
  const { env } = await readConfiguration(context.env, options);
  await testSource(context, env);
  if (env.BRONZE_HOST) await testBronze(context, env);
  else context.print('bronze  not tested: BRONZE_HOST is not set');
}

async function testSource({ print }: CommandContext, env: Environment): Promise<void> {
  const settings = readSourceSettings(env);
  const source = await connectSource(settings);
  try {
    const where = `${settings.host}:${settings.port}/${settings.database}`;
    print(`source  ok: SQL Server ${source.serverVersion} at ${where} as ${settings.username}`);
    print(`source  reads with ${await chooseIsolation(source)}`);
  } finally {
    await source.close();
  }
}

async function testBronze({ print }: CommandContext, env: Environment): Promise<void> {
  const { bronze } = readSettings(env);
  const client = await connectBronze(bronze);
  try {
    const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version");
    const where = `${bronze.host}:${bronze.port}/${bronze.database}`;
    print(`bronze  ok: PostgreSQL ${rows[0]?.version} at ${where} as ${bronze.user}`);
  } finally {
    await client.end();
  }
}
