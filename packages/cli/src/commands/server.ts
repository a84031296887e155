import { resolve } from 'node:path';
import { TowpathError } from '@towpath/core';
import { consoleFolder } from '../assets.ts';
import { readAuditKey } from '../audit/audit-key.ts';
import type { CommandContext } from '../context.ts';
import { readEvidenceSurroundings } from '../evidence/evidence-surroundings.ts';
import { collect } from '../rendering/collect.ts';
import { parsePort } from '../rendering/parse-port.ts';
import { parseRetentionDays, readRetentionDays } from '../rendering/parse-retention-days.ts';
import { parseSeconds } from '../rendering/parse-seconds.ts';
import { VERSION } from '../version.ts';
import type { RegisterCommand } from './register-command.ts';
import { addDatabaseOption, type DatabaseOptions, getDatabaseUrl } from './server-database.ts';
import { addIdentityOptions, type IdentityOptions, readOidcOptions, readPublicUrl } from './server-identity.ts';
import { registerServerTokens } from './server-tokens.ts';

interface ServeOptions extends DatabaseOptions, IdentityOptions {
  readonly host: string;
  readonly port: number;
  readonly lostAfter?: number;
  readonly auditKey?: string;
  readonly retentionDays?: number;
  readonly allowedHost: readonly string[];
}

/** `towpath server`: the control plane alone, on a PostgreSQL of yours; its subcommands issue credentials. */
export const registerServer: RegisterCommand = (program, context) => {
  const server = program
    .command('server')
    .description('Start the control plane alone, on a PostgreSQL of yours.')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on', parsePort, 8080)
    .option(
      '--allowed-host <name>',
      'a name besides localhost by which browsers and agents call it, with its port unless that is the usual one; repeatable (default: TOWPATH_ALLOWED_HOSTS, comma-separated)',
      collect,
      [],
    )
    .option(
      '--lost-after <seconds>',
      'how long an attempt of a silent agent stays uncertain before it ends (default: 900)',
      parseSeconds,
    )
    .option(
      '--retention-days <days>',
      'how long ended runs, logs and events are kept; 0 or never: for ever (default: TOWPATH_RETENTION_DAYS, then 90)',
      parseRetentionDays,
    )
    .option(
      '--audit-key <file>',
      'private key (Ed25519, PEM) that signs checkpoints of the audit, the same for all replicas; without it none are signed',
    );
  addDatabaseOption(addIdentityOptions(server)).action((options: ServeOptions) => serve(context, options));
  registerServerTokens(server, context);
};

async function serve(context: CommandContext, options: ServeOptions): Promise<void> {
  const { migrate, startServer } = await import('@towpath/server');
  const databaseUrl = getDatabaseUrl(context, options);
  const auditKey = options.auditKey === undefined ? undefined : readAuditKey(resolve(context.cwd, options.auditKey));
  const oidc = readOidcOptions(context, options);
  const publicUrl = readPublicUrl(context, options);
  const retentionDays = options.retentionDays ?? readRetentionDays(context.env);
  await migrate(databaseUrl);
  const server = await startServer({
    databaseUrl,
    host: options.host,
    port: options.port,
    allowedHosts: readAllowedHosts(context, options),
    consoleFolder: consoleFolder(),
    version: VERSION,
    evidence: readEvidenceSurroundings(context.env),
    ...(options.lostAfter !== undefined && { lostAfterSeconds: options.lostAfter }),
    ...(retentionDays !== undefined && { retentionDays }),
    ...(auditKey !== undefined && { auditKey }),
    ...(oidc !== undefined && { oidc }),
    ...(publicUrl !== undefined && { publicUrl: parsePublicUrl(publicUrl) }),
  });
  context.out(`Towpath server ${VERSION} listens on ${server.url}\n`);
  if (!context.signal.aborted)
    await new Promise((done) => context.signal.addEventListener('abort', done, { once: true }));
  await server.close();
}

function parsePublicUrl(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '') return url.origin;
  throw new TowpathError({
    code: 'PUBLIC_URL_INVALID',
    message: `--public-url can't be ${JSON.stringify(text.slice(0, 200))}.`,
    fix: 'Give it without a path, as browsers call it: --public-url https://towpath.example.com',
  });
}

function readAllowedHosts({ env }: CommandContext, { allowedHost }: ServeOptions): readonly string[] {
  if (allowedHost.length > 0) return allowedHost;
  const names = (env.TOWPATH_ALLOWED_HOSTS ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}
