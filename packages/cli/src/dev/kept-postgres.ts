// PostgreSQL under watch: when it dies under a running instance it is started again on the same port.
import pg from 'pg';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../embedded-postgres/index.ts';

/** The embedded PostgreSQL while an instance runs. */
export interface KeptPostgres {
  readonly current: EmbeddedPostgres;
  /** Stops watching, then PostgreSQL. */
  stop(): Promise<void>;
}

/** A start after a crash replays the log first; several in a row mean that something else is wrong. */
const MAX_RESTARTS = 5;

/**
 * Starts PostgreSQL and watches it by one idle connection, whose end is the only news needed: no polling.
 * `notify` gets a line for the person when it was restarted, or could not be.
 */
export async function keepPostgres(
  options: EmbeddedPostgresOptions,
  notify: (line: string) => void,
): Promise<KeptPostgres> {
  let current = await startEmbeddedPostgres(options);
  let isStopping = false;
  let sentinel: pg.Client | undefined;
  let restarts = 0;

  async function watch(): Promise<void> {
    sentinel = new pg.Client({ connectionString: current.adminUrl, application_name: 'towpath dev' });
    sentinel.on('error', () => undefined);
    sentinel.once('end', () => void restart());
    await sentinel.connect();
  }

  async function restart(): Promise<void> {
    if (isStopping) return;
    restarts += 1;
    if (restarts > MAX_RESTARTS) return notify('PostgreSQL keeps ending; see .towpath/postgres/postgres.log');
    try {
      current = await startEmbeddedPostgres({ ...options, preferredPort: current.port });
      await watch();
      notify(`PostgreSQL had ended and was started again on port ${current.port}.`);
    } catch (thrown) {
      notify(`PostgreSQL ended and could not be started again: ${thrown instanceof Error ? thrown.message : thrown}`);
    }
  }

  await watch();
  return {
    get current() {
      return current;
    },
    stop: async () => {
      isStopping = true;
      await sentinel?.end().catch(() => undefined);
      await current.stop();
    },
  };
}
