// The chain on real servers and a real database: it survives kill -9, it is one however many extend it, and it shows what
// was done to it.
import { GetAuditStatus, ListAudit, SetPool } from '@towpath/api';
import type { AuditCheckpoint } from '@towpath/core';
import { createTestDatabase, spawnProcess, waitFor } from '@towpath/testkit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectionConfig, withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { createAuditKey, exportLines, findAuditProblems, readAuditChain } from '../testing/read-audit-chain.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const key = createAuditKey();
const CHAIN_LOCK = 0x6175_6469;

let t: TestServer;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }), { auditKey: key.privateKey });
});
afterEach(() => t.close());

const setPool = (slots: number, client = t.engineer) =>
  client.call(SetPool, { params: { environment: 'int', name: 'p' }, body: { slots } });

/** Statements of somebody who owns the database and lets nothing stop them. */
function tamper(...statements: readonly string[]): Promise<void> {
  return withConnection(t.databaseUrl, async (client) => {
    await client.query('set session_replication_role = replica');
    for (const statement of statements) await client.query(statement);
  });
}

async function readStatus() {
  return t.engineer.call(GetAuditStatus);
}

describe('the chain', () => {
  test('is linked within a second and its end is signed', async () => {
    await setPool(1);
    const lines = await readAuditChain(t.engineer);
    const entries = lines.filter(({ kind }) => kind === 'entry');
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, i) => i + 1));
    expect(findAuditProblems(lines, key.publicKey)).toEqual([]);
    expect(await readStatus()).toMatchObject({
      sequence: entries.length,
      hash: entries.at(-1)?.hash,
      unlinked: 0,
      unlinkedSince: null,
      checkpoint: { sequence: expect.any(Number), keyId: expect.stringMatching(/^[0-9a-f]{16}$/) },
      publicKey: key.publicKey,
    });
  });

  test('of many decisions on three servers at once is one', async () => {
    const replicas = [t.server, await t.startReplica(), await t.startReplica()];
    const clients = replicas.map((server) => t.clientOf(t.tokens.engineer, server));
    const before = (await readAuditChain(t.engineer)).filter(({ kind }) => kind === 'entry').length;
    await Promise.all(Array.from({ length: 90 }, (_, i) => setPool(i, clients[i % clients.length])));
    const lines = await readAuditChain(t.engineer);
    expect(lines.filter(({ kind }) => kind === 'entry')).toHaveLength(before + 90);
    expect(findAuditProblems(lines, key.publicKey)).toEqual([]);
  });

  test('gives what is committed late a late number, and readers of numbers miss nothing', async () => {
    const late = new pg.Client(connectionConfig(t.databaseUrl));
    await late.connect();
    try {
      await late.query('begin');
      await late.query(
        `insert into audit_entries (actor_kind, actor_name, action, subject_kind, subject_id, subject_name)
         values ('operator', 'late', 'pool.set', 'pool', 'late', 'late')`,
      );
      await setPool(1);
      const seen = (await readAuditChain(t.engineer)).length;
      await late.query('commit');
      await setPool(2);
      const lines = await readAuditChain(t.engineer);
      const behind = lines.slice(seen).flatMap((line) => (line.kind === 'entry' ? [line.subject.name] : []));
      expect(behind.sort()).toEqual(['late', 'p']);
      expect(findAuditProblems(lines, key.publicKey)).toEqual([]);
    } finally {
      await late.end();
    }
  });

  test('is carried on by another server when one is killed between a decision and its link', async () => {
    await readAuditChain(t.engineer);
    const holder = new pg.Client(connectionConfig(t.databaseUrl));
    await holder.connect();
    const program = new URL('../testing/server-main.ts', import.meta.url).pathname;
    const victim = await spawnProcess({ command: process.execPath, args: [program, t.databaseUrl] });
    try {
      const [, url = ''] = await victim.waitForOutput(/listens on (\S+)\n/);
      await holder.query('select pg_advisory_lock($1)', [CHAIN_LOCK]);
      await setPool(7, t.clientOf(t.tokens.engineer, { ...t.server, url }));
      expect((await readStatus()).unlinked).toBe(1);
      victim.kill('SIGKILL');
      await victim.waitForExit();
      await holder.query('select pg_advisory_unlock($1)', [CHAIN_LOCK]);
      const lines = await readAuditChain(t.engineer);
      expect(lines.filter((line) => line.kind === 'entry' && line.details.slots === 7)).toHaveLength(1);
      expect(findAuditProblems(lines, key.publicKey)).toEqual([]);
    } finally {
      await victim.destroy();
      await holder.end();
    }
  });

  test('without a key is linked, and nothing is signed', async () => {
    const unsigned = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
    try {
      const lines = await readAuditChain(unsigned.engineer);
      expect(new Set(lines.map(({ kind }) => kind))).toEqual(new Set(['entry']));
      expect(await unsigned.engineer.call(GetAuditStatus)).toMatchObject({ checkpoint: null, publicKey: null });
    } finally {
      await unsigned.close();
    }
  });
});

describe('PostgreSQL', () => {
  test.each([
    `update audit_entries set actor_name = 'nobody'`,
    `update audit_entries set sequence = null, previous_hash = null, hash = null`,
    `update audit_checkpoints set signature = ''`,
    'delete from audit_entries',
    'delete from audit_checkpoints',
    'truncate audit_entries',
    'truncate audit_checkpoints',
  ])('refuses %s', async (statement) => {
    await readAuditChain(t.engineer);
    await waitFor('a checkpoint', 10_000, async () => (await readStatus()).checkpoint !== null);
    await withConnection(t.databaseUrl, (client) =>
      expect(client.query(statement)).rejects.toMatchObject({ code: '42501', message: 'the audit is append-only' }),
    );
  });
});

describe('what the owner of the database did with triggers off is found:', () => {
  let checkpoint: AuditCheckpoint;
  let length: number;
  beforeEach(async () => {
    for (const slots of [1, 2, 3]) await setPool(slots);
    length = (await readAuditChain(t.engineer)).filter(({ kind }) => kind === 'entry').length;
    checkpoint = await waitFor('a checkpoint', 10_000, async () => (await readStatus()).checkpoint ?? undefined);
  });
  const judge = async (kept: readonly AuditCheckpoint[] = []) =>
    findAuditProblems(await exportLines(t.engineer), key.publicKey, kept);

  test.each([
    [`actor_name = 'nobody'`],
    [`at = at + interval '1 millisecond'`],
    [`details = details || '{"slots": 100}'`],
    [`why = 'because'`],
    [`environment = 'prod'`],
    [`subject_id = 'x'`],
  ])('an edit: %s', async (change) => {
    await tamper(`update audit_entries set ${change} where sequence = ${length - 1}`);
    expect(await judge()).toEqual([`ENTRY_CHANGED ${length - 1}`]);
  });

  test('a gap', async () => {
    await tamper(`delete from audit_entries where sequence = ${length - 1}`);
    expect(await judge()).toContain(`ENTRIES_MISSING ${length}`);
  });

  test('a reorder', async () => {
    await tamper(
      `update audit_entries set sequence = 1000000 where sequence = ${length}`,
      `update audit_entries set sequence = ${length} where sequence = ${length - 1}`,
      `update audit_entries set sequence = ${length - 1} where sequence = 1000000`,
    );
    expect(await judge()).not.toEqual([]);
  });

  test('a cut tail, by a checkpoint that was kept elsewhere, also when the chain has grown again', async () => {
    const { sequence } = checkpoint;
    await tamper(
      `delete from audit_entries where sequence >= ${sequence}`,
      `delete from audit_checkpoints where sequence >= ${sequence}`,
    );
    expect(await judge()).toEqual([]);
    expect(await judge([checkpoint])).toEqual([`TAIL_MISSING ${sequence}`]);
    for (let slots = 10; slots <= 10 + length - sequence; slots++) await setPool(slots);
    await readAuditChain(t.engineer);
    expect(await judge([checkpoint])).toEqual([`CHECKPOINT_CONTRADICTED ${sequence}`]);
  });
});

test('what is not linked yet is not listed', async () => {
  const before = (await readAuditChain(t.engineer)).filter(({ kind }) => kind === 'entry').length;
  await withConnection(t.databaseUrl, async (holder) => {
    await holder.query('select pg_advisory_lock($1)', [CHAIN_LOCK]);
    await setPool(1);
    expect((await t.engineer.call(ListAudit, { query: { limit: 200 } })).entries).toHaveLength(before);
    expect(await readStatus()).toMatchObject({ unlinked: 1, unlinkedSince: expect.any(String) });
  });
});
