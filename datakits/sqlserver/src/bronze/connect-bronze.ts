// Connections to the warehouse, and what its errors mean. pg 8.23; SQLSTATEs from PostgreSQL appendix A.
import { TowpathError } from '@towpath/core';
import { Client } from 'pg';
import type { BronzeSettings } from '../settings/read-settings.ts';

/** Long enough for a warehouse behind a slow link, short enough that a wrong address shows at once. */
const CONNECT_TIMEOUT_MS = 15_000;

/** A connection to bronze; whoever opens it ends it. Errors: `BRONZE_…` as `translateBronzeError` names them. */
export async function connectBronze(settings: BronzeSettings): Promise<Client> {
  const client = new Client({
    ...settings,
    application_name: 'datakit-sqlserver',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  // A connection lost while idle shows in the next statement; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query("set client_encoding = 'UTF8'; set timezone = 'UTC'; set client_min_messages = warning");
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw translateBronzeError(error, settings);
  }
}

interface Meaning {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** Gives the error an identity; a `TowpathError` passes through. */
export function translateBronzeError(error: unknown, settings: BronzeSettings): unknown {
  if (error instanceof TowpathError || !(error instanceof Error)) return error;
  const { code, message, fix } = explain(error, settings);
  return new TowpathError({ code, message, cause: error.message, fix }, { cause: error });
}

function explain(error: Error, settings: BronzeSettings): Meaning {
  const where = `${settings.host}:${settings.port}`;
  const state = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = explainState(state, settings, where);
  if (known) return known;
  if (/^E[A-Z_]+$/.test(state)) return unreachable(where);
  // pg reports a closed connection without any code; what carries a SQLSTATE came from the server.
  if (state === '' || /^(08|57P)/.test(state)) return lost(where);
  return {
    code: 'BRONZE_STATEMENT_FAILED',
    message: `The warehouse at ${where} refused a statement (SQLSTATE ${state}).`,
    fix: 'Nothing was published. Correct what it names and run again.',
  };
}

function explainState(state: string, settings: BronzeSettings, where: string): Meaning | undefined {
  const { user, database } = settings;
  switch (state) {
    case '28P01':
      return {
        code: 'BRONZE_LOGIN_FAILED',
        message: `The warehouse at ${where} refused the password of user ${user}.`,
        fix: 'Check BRONZE_USER and BRONZE_PASSWORD.',
      };
    // Before any password was asked for: by the host rules, which go by database, user and address, or since there is no such role.
    case '28000':
      return {
        code: 'BRONZE_ACCESS_REFUSED',
        message: `The warehouse at ${where} lets user ${user} not into database ${database} from here; no password was asked for.`,
        fix: 'Check BRONZE_DATABASE and BRONZE_USER. If both are right, a rule of pg_hba.conf has to let them in; in the PostgreSQL of `npx towpath dev` it is made by --warehouse-for.',
      };
    case '3D000':
      return {
        code: 'BRONZE_DATABASE_UNKNOWN',
        message: `The warehouse at ${where} has no database ${database}.`,
        fix: 'Check BRONZE_DATABASE, or create the database.',
      };
    case '42501':
      return {
        code: 'BRONZE_PERMISSION_DENIED',
        message: `User ${user} lacks a right in database ${database} at ${where}.`,
        fix: `Let it own its schemas: grant create on database ${database} to ${user}`,
      };
    case '40001':
    case '40P01':
    case '53300':
      return {
        code: 'BRONZE_BUSY',
        message: `The warehouse at ${where} has too many connections, or chose this transaction to end a deadlock.`,
        fix: 'Nothing was published. Run again.',
      };
    case '54000':
      return {
        code: 'ROW_TOO_WIDE',
        message: 'A row is wider than PostgreSQL can hold.',
        fix: 'Leave columns out with `load: skip`, or ingest several views at the source, each with a part of the columns and the key.',
      };
    case '53100':
      return {
        code: 'BRONZE_DISK_FULL',
        message: `The warehouse at ${where} has no disk left.`,
        fix: 'Free disk space.',
      };
    default:
      return undefined;
  }
}

function unreachable(where: string): Meaning {
  return {
    code: 'BRONZE_UNREACHABLE',
    message: `The warehouse at ${where} can't be reached.`,
    fix: 'Check BRONZE_HOST and BRONZE_PORT, and that PostgreSQL runs there.',
  };
}

function lost(where: string): Meaning {
  return {
    code: 'BRONZE_CONNECTION_LOST',
    message: `The connection to the warehouse at ${where} was lost.`,
    fix: 'Nothing half-done is visible. Run again; the same batch is not loaded twice.',
  };
}
