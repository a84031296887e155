// `test-connection`: reaches the source, and bronze when it is configured, and says what answered.
import { connectBronze } from '../bronze/connect-bronze.ts';
import { readSettings, readSourceSettings } from '../settings/read-settings.ts';
import { chooseIsolation, connectSource } from '../source/connect-source.ts';
import type { CommandContext } from './command-context.ts';

/** Prints one line per side. Errors: `SETTINGS_INVALID`, and those of the connections. */
export async function testConnection(context: CommandContext): Promise<void> {
  await testSource(context);
  if (context.env.BRONZE_HOST) await testBronze(context);
  else context.print('bronze  not tested: BRONZE_HOST is not set');
}

async function testSource({ env, print }: CommandContext): Promise<void> {
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

async function testBronze({ env, print }: CommandContext): Promise<void> {
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
