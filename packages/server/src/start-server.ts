// Wires database, hints, reconciler and HTTP together, and takes them apart in the right order.
import type { AddressInfo } from 'node:net';
import { TowpathError } from '@towpath/core';
import type { SourceSurroundings } from '@towpath/evidence';
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { createOidcClient, type OidcOptions } from './access/oidc/oidc-client.ts';
import { findIdentityByToken } from './access/operations/find-identity-by-token.ts';
import { openRefusalDesk } from './access/refusals/refusal-desk.ts';
import { createAuditSigner } from './audit/audit-signer.ts';
import { createApp, type LogLevel } from './create-app.ts';
import { openPool, prepareAll, translateDatabaseError } from './db/database.ts';
import { checkSchemaVersion } from './db/migrate.ts';
import { createEvidenceDesk } from './evidence/evidence-desk.ts';
import { type HintListener, startHintListener } from './hints/hint-listener.ts';
import { createHintBoard } from './hints/hints.ts';
import { prepareClosing } from './http/close-http.ts';
import type { ServerContext } from './http/server-context.ts';
import { createSharedQuestion } from './http/shared-question.ts';
import { createMetrics } from './metrics/create-metrics.ts';
import { createHolidayBook } from './promotions/holiday-book.ts';
import { runReconcilers } from './run-reconcilers.ts';
import { createRunStarter } from './runs/run-starter.ts';

/** How to run a server. */
export interface ServerOptions {
  readonly databaseUrl: string;
  /** Address to listen on; `127.0.0.1` unless something in front of it authenticates networks. */
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  /** The built console; without it `/` answers how to build one. */
  readonly consoleFolder?: string;
  readonly version: string;
  /** Silence after which an agent's attempts are uncertain; agents renew three times as often. Default 15. */
  readonly leaseSeconds?: number;
  /** How long an attempt may be uncertain before it ends AGENT_LOST, in the database's time. Default 900. */
  readonly lostAfterSeconds?: number;
  /** How long ended runs, their logs, events and unused bundles are kept, in days; 0: for ever. Default 90. */
  readonly retentionDays?: number;
  /** Names besides localhost, 127.0.0.1 and [::1]; without a port they mean the server's own and the default ones. */
  readonly allowedHosts?: readonly string[];
  /** Private key (Ed25519, PEM) that signs checkpoints of the audit; without it none are signed. */
  readonly auditKey?: string;
  /** Identity provider that people sign in by; without it they come by links and tokens alone. */
  readonly oidc?: OidcOptions;
  /** Address by which browsers call this server, with https in front of it; default: the name they call it by, over http. */
  readonly publicUrl?: string;
  /** What sources of evidence are given: variables `TOWPATH_EVIDENCE_…`, and a folder. Default: nothing. */
  readonly evidence?: SourceSurroundings;
  /** Default `warn`; the log is JSON lines. */
  readonly logLevel?: LogLevel;
  /** File the log is appended to; default: stdout. */
  readonly logFile?: string;
}

/** A listening server. */
export interface TowpathServer {
  readonly url: string;
  readonly port: number;
  /** Ends long polls and streams, lets other requests finish, then ends the database connections. Idempotent. */
  close(): Promise<void>;
}

const DEFAULT_LEASE_SECONDS = 15;
const DEFAULT_LOST_AFTER_SECONDS = 15 * 60;
/** As long as outcomes of schedules and notifications are kept. */
const DEFAULT_RETENTION_DAYS = 90;
const NO_EVIDENCE: SourceSurroundings = { readVariable: () => undefined, folder: undefined };

/**
 * Starts a server on a migrated database.
 *
 * @throws TowpathError `SCHEMA_OLDER`, `SCHEMA_NEWER`, `DATABASE_UNAVAILABLE`, `PORT_UNUSABLE`, `AUDIT_KEY_INVALID`, `OIDC_ISSUER_INVALID`
 */
export async function startServer(options: ServerOptions): Promise<TowpathServer> {
  const pool = openPool(options.databaseUrl);
  const board = createHintBoard();
  let listener: HintListener | undefined;
  try {
    await checkSchemaVersion(pool);
    listener = await startHintListener(options.databaseUrl, board);
    return await listen(options, { pool, board, listener });
  } catch (thrown) {
    await listener?.close();
    await pool.end();
    throw translateDatabaseError(thrown);
  }
}

interface Connections {
  readonly pool: pg.Pool;
  readonly board: ReturnType<typeof createHintBoard>;
  readonly listener: HintListener;
}

async function listen(options: ServerOptions, { pool, board, listener }: Connections): Promise<TowpathServer> {
  const closing = new AbortController();
  const address = { port: options.port };
  const auditSigner = options.auditKey === undefined ? undefined : createAuditSigner(options.auditKey);
  const onError = (thrown: unknown, what: string): void => app.log.error({ err: thrown }, what);
  const refusals = openRefusalDesk({
    pool,
    onError: (thrown) => onError(thrown, 'refused sign-ins could not be entered'),
  });
  const context: ServerContext = {
    pool,
    refusals,
    hints: board,
    closing: closing.signal,
    version: options.version,
    leaseSeconds: options.leaseSeconds ?? DEFAULT_LEASE_SECONDS,
    holidays: createHolidayBook(),
    evidence: createEvidenceDesk({ ...(options.evidence ?? NO_EVIDENCE), closing: closing.signal }),
    auditSigner,
    oidc: options.oidc && createOidcClient(options.oidc),
    publicUrl: options.publicUrl?.replace(/\/+$/, ''),
    metrics: createMetrics(pool, options.version),
    startRun: createRunStarter(pool),
    // An agent's reports, and starts in a loop, come several at a time.
    findByToken: createSharedQuestion((token) => findIdentityByToken(prepareAll(pool), token)),
    cookieName: () => `towpath-${address.port}`,
  };
  const app = await createApp(context, {
    logLevel: options.logLevel ?? 'warn',
    logFile: options.logFile,
    consoleFolder: options.consoleFolder,
    hostRules: () => ({ port: address.port, allowedHosts: listAllowedHosts(options) }),
  });
  const closeHttp = prepareClosing(app);
  address.port = await bind(app, options);
  const reconcilers = runReconcilers({
    ...context,
    signal: closing.signal,
    lostAfterSeconds: options.lostAfterSeconds ?? DEFAULT_LOST_AFTER_SECONDS,
    retentionDays: options.retentionDays ?? DEFAULT_RETENTION_DAYS,
    onError,
  });
  const close = async () => {
    closing.abort();
    await closeHttp();
    await reconcilers;
    await refusals.close();
    await listener.close();
    await pool.end();
  };
  let closed: Promise<void> | undefined;
  const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${address.port}`;
  return { url, port: address.port, close: () => (closed ??= close()) };
}

function listAllowedHosts({ allowedHosts = [], publicUrl }: ServerOptions): readonly string[] {
  return publicUrl === undefined ? allowedHosts : [...allowedHosts, new URL(publicUrl).host];
}

async function bind(app: FastifyInstance, { host, port }: ServerOptions): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (thrown) {
    await app.close();
    throw portUnusable(host, port, thrown);
  }
  const bound: AddressInfo | string | null = app.server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : port;
}

function portUnusable(host: string, port: number, thrown: unknown): TowpathError {
  return new TowpathError(
    {
      code: 'PORT_UNUSABLE',
      message: `The server can not listen on ${host}:${port}.`,
      cause: thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown),
      fix: 'Choose another port, or end the program that uses this one.',
    },
    { cause: thrown },
  );
}
