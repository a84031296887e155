// The subcommands of `server` that issue and revoke credentials: for whoever owns its database.
import { ENVIRONMENT_KINDS, TowpathError } from '@towpath/core';
import type { Admin } from '@towpath/server';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { getOperatorName } from '../instance/operator-name.ts';
import { parseDays } from '../rendering/parse-days.ts';
import { addDatabaseOption, type DatabaseOptions, findDatabaseUrl } from './server-database.ts';

/** Roles that a person can have; an agent's credential is of another kind. */
const PERSON_ROLES = ['viewer', 'business', 'engineer', 'release-manager', 'vp', 'on-call', 'administrator'] as const;

interface TokenOptions extends DatabaseOptions {
  readonly json?: boolean;
}

function addTokenOptions(command: Command): Command {
  return addDatabaseOption(command).option('--json', 'print JSON');
}

/** Adds them. */
export function registerServerTokens(server: Command, context: CommandContext): void {
  registerIssueAgentToken(server, context);
  registerIssueAccessToken(server, context);
  registerRevokeToken(server, context);
}

function registerIssueAgentToken(server: Command, context: CommandContext): void {
  type Options = TokenOptions & { environment: string; kind?: string; agent: string; expiresDays?: number };
  addTokenOptions(server.command('issue-agent-token'))
    .description(
      'Make an environment known if it is not, and print a token for an agent of it. Earlier tokens of that agent stay valid.',
    )
    .requiredOption('--environment <name>', 'environment of the agent')
    .option('--kind <kind>', 'local, shared or production, for a new environment (default: local)')
    .requiredOption('--agent <name>', 'name of the agent')
    .option('--expires-days <days>', 'how long the token is valid (default: until it is revoked)', parseDays)
    .action(async (_: unknown, command: Command) => {
      const { environment, agent, expiresDays: lifeDays, ...options } = command.optsWithGlobals<Options>();
      checkEnvironmentName(environment);
      const kind = options.kind === undefined ? undefined : getWord(ENVIRONMENT_KINDS, options.kind, '--kind');
      const token = await withAdmin(context, options, async (admin) => {
        await admin.ensureEnvironment({ name: environment, kind, position: 0 });
        return await admin.issueAgentCredential({ environment, agent, lifeDays });
      });
      context.out(options.json ? `${JSON.stringify({ token }, null, 2)}\n` : `${token}\n`);
    });
}

function registerIssueAccessToken(server: Command, context: CommandContext): void {
  addTokenOptions(server.command('issue-access-token'))
    .description('Print an access token for a person or a tool.')
    .requiredOption('--name <name>', 'whose token it is')
    .option('--role <role>', 'viewer, business, engineer, release-manager, vp, on-call or administrator', 'viewer')
    .action(async (_: unknown, command: Command) => {
      const options = command.optsWithGlobals<TokenOptions & { name: string; role: string }>();
      const role = getWord(PERSON_ROLES, options.role, '--role');
      const token = await withAdmin(context, options, (admin) => admin.issueAccessToken({ name: options.name, role }));
      context.out(options.json ? `${JSON.stringify({ token }, null, 2)}\n` : `${token}\n`);
    });
}

function registerRevokeToken(server: Command, context: CommandContext): void {
  addTokenOptions(server.command('revoke-token'))
    .description('End all tokens of a person or tool (with open consoles), or of an agent, at once.')
    .option('--name <name>', 'the person or tool')
    .option('--environment <name>', 'environment of the agent')
    .option('--agent <name>', 'the agent')
    .addHelpText('after', '\nExample:\n  npx towpath server revoke-token --name erin')
    .action(async (_: unknown, command: Command) => {
      context.out(await revoke(context, command.optsWithGlobals<RevokeOptions>()));
    });
}

interface RevokeOptions extends TokenOptions {
  readonly name?: string;
  readonly environment?: string;
  readonly agent?: string;
}

/** Revokes what the options name; returns what to print. */
async function revoke(context: CommandContext, options: RevokeOptions): Promise<string> {
  const { name, environment, agent, json } = options;
  if (name !== undefined && environment === undefined && agent === undefined) {
    const revoked = await withAdmin(context, options, (admin) => admin.revokeAccess(name));
    const { tokens, sessions, links } = revoked;
    if (json) return `${JSON.stringify(revoked, null, 2)}\n`;
    return `Revoked of ${name}: tokens ${tokens}, open consoles ${sessions}, unused links ${links}.\n`;
  }
  if (name !== undefined || environment === undefined || agent === undefined) throw ownerMissing();
  const tokens = await withAdmin(context, options, (admin) => admin.revokeAgentCredentials({ environment, agent }));
  if (json) return `${JSON.stringify({ tokens }, null, 2)}\n`;
  return `Revoked of agent ${agent} of ${environment}: tokens ${tokens}.\n`;
}

async function withAdmin<T>(
  context: CommandContext,
  options: DatabaseOptions,
  use: (admin: Admin) => Promise<T>,
): Promise<T> {
  const { migrate, openAdmin } = await import('@towpath/server');
  const databaseUrl = await findDatabaseUrl(context, options);
  await migrate(databaseUrl);
  const admin = await openAdmin(databaseUrl, getOperatorName());
  try {
    return await use(admin);
  } finally {
    await admin.close();
  }
}

function ownerMissing(): TowpathError {
  return new TowpathError({
    code: 'TOKEN_OWNER_MISSING',
    message: 'Whose tokens?',
    fix: 'Give --name, or --environment and --agent.',
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
