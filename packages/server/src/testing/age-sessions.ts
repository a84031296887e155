// Time that passes without waiting for it: instants of a session are moved back, then the reconcilers are woken.
import { waitFor } from '@towpath/testkit';
import type pg from 'pg';
import { withConnection } from '../db/database.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';

/** Ends the lease of a session and waits until a server has noticed its silence; a session that has ended is left alone. */
export function silenceSession(databaseUrl: string, sessionId: string): Promise<void> {
  return withConnection(databaseUrl, async (client) => {
    await client.query('update agent_sessions set lease_ends_at = now() where id = $1 and ended_at is null', [
      sessionId,
    ]);
    await wake(client);
    await waitFor(`session ${sessionId} to be silent`, 20_000, async () => {
      const left = await client.query(
        'select from agent_sessions where id = $1 and ended_at is null and silent_at is null and lease_ends_at <= now()',
        [sessionId],
      );
      return left.rowCount === 0;
    });
  });
}

/** Lets a session have been silent, or ended, for so long; its uncertain attempts are due then. */
export function ageSilence(databaseUrl: string, sessionId: string, seconds: number): Promise<void> {
  return withConnection(databaseUrl, async (client) => {
    await client.query(
      `update agent_sessions
       set silent_at = silent_at - make_interval(secs => $2), ended_at = ended_at - make_interval(secs => $2)
       where id = $1`,
      [sessionId, seconds],
    );
    await wake(client);
  });
}

async function wake(client: pg.Client): Promise<void> {
  await client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'leases']);
}
