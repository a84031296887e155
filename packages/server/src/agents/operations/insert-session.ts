import type { Db } from '../../db/database.ts';

/** A session to be opened. */
export interface NewSession {
  readonly agentId: string;
  readonly environment: string;
  readonly host: string;
  readonly bootId: string;
  readonly version: string;
  /** Its state folder; undefined for an agent that knows none. */
  readonly instanceId?: string | undefined;
  readonly leaseSeconds: number;
  /** What it understands; undefined for an agent that does not say: 1. */
  readonly protocol?: number | undefined;
  /** Attempts it runs at a time; undefined for an agent that does not say. */
  readonly maxAttempts?: number | undefined;
}

const STATEMENT = `
insert into agent_sessions (agent_id, environment, host, boot_id, version, lease_ends_at, instance_id, protocol, max_attempts)
values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6), $7, $8, $9)
returning id`;

/** Opens a session; agent_sessions_live_agent_key refuses a second live one. Returns its id. */
export async function insertSession(db: Db, session: NewSession): Promise<string> {
  const { agentId, environment, host, bootId, version, leaseSeconds, instanceId, protocol = 1, maxAttempts } = session;
  const { rows } = await db.query<{ id: string }>(STATEMENT, [
    agentId,
    environment,
    host,
    bootId,
    version,
    leaseSeconds,
    instanceId ?? null,
    protocol,
    maxAttempts ?? null,
  ]);
  const row = rows[0];
  if (!row) throw new Error('insert into agent_sessions returned no row');
  return row.id;
}
