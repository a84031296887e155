import { TowpathError } from '@towpath/core';
import type { Command } from 'commander';
import { consoleFolder } from '../assets.ts';
import type { CommandContext } from '../context.ts';
import { parsePort } from '../rendering/parse-port.ts';
import { parseSeconds } from '../rendering/parse-seconds.ts';
import { VERSION } from '../version.ts';
import type { RegisterCommand } from './register-command.ts';

/** Roles that a person can have; an agent's credential is of another kind. */
const PERSON_ROLES = ['viewer', 'engineer'] as const;

interface DatabaseOptions {
  readonly databaseUrl?: string;
}

interface ServeOptions extends DatabaseOptions {
  readonly host: string;
  readonly port: number;
  readonly lostAfter?: number;
}

/** `towpath server`: the control plane alone, on a PostgreSQL of yours; its subcommands issue credentials. */
export const registerServer: RegisterCommand = (program, context) => {
  const server = program
    .command('server')
    .description('Start the control plane alone, on a PostgreSQL of yours.')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on', parsePort, 8080)
    .option(
      '--lost-after <seconds>',
      'how long an attempt of a silent agent stays uncertain before it ends (default: 900)',
      parseSeconds,
    );
  addDatabaseOption(server).action((options: ServeOptions) => serve(context, options));

  addDatabaseOption(server.command('issue-agent-token'))
    .description(
      'Make an environment known if it is not, and print a token for an agent of it. Earlier tokens of that agent stay valid.',
    )
    .requiredOption('--environment <name>', 'environment of the agent')
    .option('--kind <kind>', 'local, shared or production, for a new environment', 'local')
    .requiredOption('--agent <name>', 'name of the agent')
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<DatabaseOptions & { environment: string; kind: string; agent: string }>();
      const { ENVIRONMENT_KINDS } = await import('@towpath/core');
      checkEnvironmentName(options.environment);
      const kind = getWord(ENVIRONMENT_KINDS, options.kind, '--kind');
      const token = await withAdmin(context, options, async (admin) => {
        await admin.ensureEnvironment({ name: options.environment, kind, position: 0 });
        return await admin.issueAgentCredential({ environment: options.environment, agent: options.agent });
      });
      context.out(`${token}\n`);
    });

  addDatabaseOption(server.command('issue-access-token'))
    .description('Print an access token for a person or a tool.')
    .requiredOption('--name <name>', 'whose token it is')
    .option('--role <role>', 'viewer or engineer', 'viewer')
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<DatabaseOptions & { name: string; role: string }>();
      const role = getWord(PERSON_ROLES, options.role, '--role');
      const token = await withAdmin(context, options, (admin) => admin.issueAccessToken({ name: options.name, role }));
      context.out(`${token}\n`);
    });
};

// A subcommand's own --database-url is taken by `server`, which has the same: it is read with the parent's options.
function addDatabaseOption(command: Command): Command {
  return command.option('--database-url <url>', 'PostgreSQL that holds the state (default: TOWPATH_DATABASE_URL)');
}

async function serve(context: CommandContext, options: ServeOptions): Promise<void> {
  const { migrate, startServer } = await import('@towpath/server');
  const databaseUrl = getDatabaseUrl(context, options);
  await migrate(databaseUrl);
  const server = await startServer({
    databaseUrl,
    host: options.host,
    port: options.port,
    consoleFolder: consoleFolder(),
    version: VERSION,
    ...(options.lostAfter !== undefined && { lostAfterSeconds: options.lostAfter }),
  });
  context.out(`Towpath server ${VERSION} listens on ${server.url}\n`);
  if (!context.signal.aborted)
    await new Promise((done) => context.signal.addEventListener('abort', done, { once: true }));
  await server.close();
}

type Admin = Awaited<ReturnType<typeof import('@towpath/server').openAdmin>>;

async function withAdmin<T>(
  context: CommandContext,
  options: DatabaseOptions,
  use: (admin: Admin) => Promise<T>,
): Promise<T> {
  const { migrate, openAdmin } = await import('@towpath/server');
  const databaseUrl = getDatabaseUrl(context, options);
  await migrate(databaseUrl);
  const admin = await openAdmin(databaseUrl);
  try {
    return await use(admin);
  } finally {
    await admin.close();
  }
}

function getDatabaseUrl(context: CommandContext, options: DatabaseOptions): string {
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
    cause: 'Neither --database-url nor TOWPATH_DATABASE_URL is given. Only `npx towpath dev` brings its own.',
    fix: 'Set TOWPATH_DATABASE_URL, or use `npx towpath dev` on a laptop.',
  });
}

function checkEnvironmentName(name: string): void {
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(name)) return;
  throw new TowpathError({
    code: 'ENVIRONMENT_NAME_INVALID',
    message: `An environment can't be named ${JSON.stringify(name.slice(0, 100))}.`,
    fix: 'Use 1 to 63 letters, digits and . _ - , with a letter or digit at both ends.',
  });
}

function getWord<W extends string>(words: readonly W[], text: string, option: string): W {
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  throw new TowpathError({
    code: 'OPTION_INVALID',
    message: `${option} can't be ${JSON.stringify(text)}.`,
    fix: `One of: ${words.join(', ')}`,
  });
}
