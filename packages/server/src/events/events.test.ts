import { once } from 'node:events';
import { connect } from 'node:net';
import { AppendLog, EventView, StreamEvents } from '@towpath/api';
import { createTestDatabase, type TestDatabase, waitFor } from '@towpath/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ template: 'state', migrate });
  t = await startTestServer(database);
});
afterAll(() => t.close());

interface Stream {
  readonly events: EventView[];
  readonly isEnded: () => boolean;
  close(): void;
}

/** Opens a stream and collects what it sends. */
async function openStream(headers: Record<string, string> = {}): Promise<Stream> {
  const controller = new AbortController();
  const response = await fetch(`${t.server.url}${StreamEvents.path}`, {
    headers: { authorization: `Bearer ${t.tokens.viewer}`, ...headers },
    signal: controller.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const events: EventView[] = [];
  let isEnded = false;
  const collect = async () => {
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      events.push(...blocks.flatMap(parseBlock));
    }
    isEnded = true;
  };
  collect().catch(() => {
    isEnded = true;
  });
  return { events, isEnded: () => isEnded, close: () => controller.abort() };
}

function parseBlock(block: string): EventView[] {
  const data = /^data: (.*)$/m.exec(block)?.[1];
  if (data === undefined) return [];
  const event = EventView.parse(JSON.parse(data));
  expect(block).toContain(`id: ${event.id}\n`);
  return [event];
}

const kindsOf = (events: readonly EventView[], runId: string) =>
  events.filter((event) => event.runId === runId).map(({ kind }) => kind);

test('a run is told as it happens: planned, changed, logged, ended', async () => {
  const stream = await openStream();
  const agent = await openSimulatedAgent(t.agent);
  const runId = await startRunOf(t, [buildTask('a')]);
  const [grant] = await agent.claim();
  if (!grant) throw new Error('nothing was granted');
  await t.agent.call(AppendLog, {
    params: { attemptId: grant.attemptId },
    query: { offset: 0, epoch: 1 },
    bytes: new Uint8Array([104, 105]),
  });
  await agent.finish([grant], { logLengthBytes: 2 });
  await waitFor('the end of the attempt', 10_000, () => kindsOf(stream.events, runId).length >= 6);
  expect(kindsOf(stream.events, runId)).toEqual([
    'run.planned',
    'run.changed',
    'attempt.changed',
    'log.appended',
    'attempt.changed',
    'run.changed',
  ]);
  stream.close();
});

test('whoever comes back with the last id misses nothing and hears nothing twice', async () => {
  const whole = await openStream();
  const pieces: EventView[] = [];
  let piece = await openStream();
  const work = Promise.all(Array.from({ length: 6 }, (_, index) => startRunOf(t, [buildTask('a')], `piece-${index}`)));
  for (let cut = 0; cut < 5; cut += 1) {
    await waitFor('an event', 10_000, () => piece.events.length > 0);
    piece.close();
    pieces.push(...piece.events);
    const lastId = pieces.at(-1)?.id ?? '0';
    piece = await openStream({ 'last-event-id': lastId });
    // Something to hear for the next piece, however fast the runs were planned.
    await startRunOf(t, [buildTask('a')], 'piece-again');
  }
  await work;
  const got = () => [...pieces, ...piece.events].map(({ id }) => id);
  await waitFor('both to have the same', 10_000, () => {
    const expected = whole.events.map(({ id }) => id);
    return got().length >= 22 && got().join() === expected.join();
  });
  expect(new Set(got()).size).toBe(got().length);
  expect(got()).toEqual([...got()].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)));
  for (const stream of [whole, piece]) stream.close();
});

test('an event of a transaction that commits late is delivered, after those that had to wait for it', async () => {
  const stream = await openStream();
  const write = `insert into events (kind, environment) values ($1, 'int')`;
  const late = new pg.Client({ connectionString: database.url });
  await late.connect();
  await late.query('begin');
  await late.query(write, ['code.registered']);
  await withConnection(database.url, (client) => client.query(write, ['agent.changed']));
  const runId = await startRunOf(t, [buildTask('a')], 'late');
  expect(kindsOf(stream.events, runId)).toEqual([]);
  await late.query('commit');
  await late.end();
  await waitFor('the run', 10_000, () => kindsOf(stream.events, runId).length > 0);
  const kinds = stream.events.map(({ kind }) => kind);
  expect(kinds.slice(0, 2)).toEqual(['code.registered', 'agent.changed']);
  stream.close();
});

test('a long transaction in another database of the same PostgreSQL holds nothing back', async () => {
  const other = await createTestDatabase({ template: 'empty' });
  const load = new pg.Client({ connectionString: other.url });
  await load.connect();
  await load.query('begin');
  await load.query('create table bronze (id integer)');
  const stream = await openStream();
  const runId = await startRunOf(t, [buildTask('a')], 'beside-a-load');
  await waitFor('the run', 10_000, () => kindsOf(stream.events, runId).length > 0);
  stream.close();
  await load.end();
  await other.drop();
});

test.each(['-1', 'abc', '99999999999999999999', '9999999999999999999'])('the position %s is refused', async (id) => {
  const response = await fetch(`${t.server.url}/api/events`, {
    headers: { authorization: `Bearer ${t.tokens.viewer}`, 'last-event-id': id },
  });
  expect(response.status).toBe(400);
});

test('closing the server ends its streams', async () => {
  const replica = await t.startReplica();
  const response = await fetch(`${replica.url}/api/events`, {
    headers: { authorization: `Bearer ${t.tokens.viewer}` },
  });
  await replica.close();
  expect(await response.text()).toContain('retry:');
});

test('closing the server does not wait for connections that never sent a request', async () => {
  const replica = await t.startReplica();
  const socket = connect(replica.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  const closingAtMs = performance.now();
  await replica.close();
  expect(performance.now() - closingAtMs).toBeLessThan(4_000);
});
