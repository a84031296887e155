// The listening connection: opened at start, opened again when it is lost, one per server.
import pg from 'pg';
import { connectionConfig } from '../db/database.ts';
import { HINT_CHANNEL, type HintBoard } from './hints.ts';

/** A running listener; `close` ends its connection. */
export interface HintListener {
  close(): Promise<void>;
}

/** First pause before a lost connection is opened again; doubled up to the second value while PostgreSQL is away. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** Listens and feeds the board. Rejects when the first connection fails; later losses are repaired. */
export async function startHintListener(databaseUrl: string, board: HintBoard): Promise<HintListener> {
  let isClosed = false;
  let client = await listen(databaseUrl, board, reconnect);
  let timer: NodeJS.Timeout | undefined;

  function reconnect(pauseMs = FIRST_PAUSE_MS): void {
    if (isClosed) return;
    timer = setTimeout(() => {
      listen(databaseUrl, board, reconnect).then(
        (next) => {
          client = next;
          // What was announced meanwhile is unknown: everybody asks again.
          board.announceAll();
          if (isClosed) void client.end().catch(() => undefined);
        },
        () => reconnect(Math.min(pauseMs * 2, LONGEST_PAUSE_MS)),
      );
    }, pauseMs);
  }

  return {
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await client.end().catch(() => undefined);
    },
  };
}

async function listen(databaseUrl: string, board: HintBoard, onLost: () => void): Promise<pg.Client> {
  const client = new pg.Client({
    ...connectionConfig(databaseUrl),
    application_name: 'towpath-hints',
    keepAlive: true,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    client.on('notification', ({ payload }) => board.announce(payload ?? ''));
    await client.query(`listen ${HINT_CHANNEL}`);
  } catch (thrown) {
    await client.end().catch(() => undefined);
    throw thrown;
  }
  client.once('end', () => onLost());
  return client;
}
