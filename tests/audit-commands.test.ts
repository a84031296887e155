// The audit as an auditor uses it: listed, exported, kept elsewhere, verified, against a real server.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditEntryView, CancelRun, GetAuditStatus, SetPool } from '@towpath/api';
import { migrate } from '@towpath/server';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureAuditKey } from '../packages/cli/src/audit/audit-key.ts';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import { buildTask, startRunOf } from '../packages/server/src/testing/builders.ts';
import { createAuditKey } from '../packages/server/src/testing/read-audit-chain.ts';
import { startTestServer, type TestServer } from '../packages/server/src/testing/test-server.ts';

let folder: string;
let t: TestServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-audit-'));
  const database = await createTestDatabase({ template: 'state', migrate });
  t = await startTestServer(database, { auditKey: createAuditKey().privateKey });
});
afterEach(async () => {
  await t.close();
  await rm(folder, { recursive: true });
});

async function towpath(...args: readonly string[]) {
  const env = { TOWPATH_SERVER: t.server.url, TOWPATH_TOKEN: t.tokens.viewer, TOWPATH_DATABASE_URL: t.databaseUrl };
  const world = createTestContext({ env, cwd: folder });
  const code = await runProgram(world.context, args);
  return { code, out: world.out() };
}

async function untilLinked(): Promise<void> {
  await waitFor('the audit to be linked and signed', 10_000, async () => {
    const { unlinked, checkpoint } = await t.engineer.call(GetAuditStatus);
    return unlinked === 0 && checkpoint !== null;
  });
}

/** A statement of the database's owner, with triggers off. */
async function tamper(statement: string): Promise<void> {
  const client = new pg.Client(t.databaseUrl);
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    await client.query(statement);
  } finally {
    await client.end();
  }
}

test('decisions are listed, filtered, and an empty list says what to type', async () => {
  await startRunOf(t, [buildTask('a')]);
  await untilLinked();
  const all = await towpath('audit');
  expect(all.out).toMatch(/^NO +AT +WHO +WHAT +ABOUT +ENVIRONMENT +WHY\n/);
  expect(all.out).toMatch(/erin +run\.started +daily-int #1 +int/);
  expect((await towpath('audit', '--action', 'run')).out.trim().split('\n')).toHaveLength(2);
  const { entries } = JSON.parse((await towpath('audit', '--subject', 'daily-int #1', '--json')).out);
  expect(entries).toMatchObject([{ action: 'run.started', actor: { kind: 'person', name: 'erin' } }]);
  expect((await towpath('audit', '--since', '1h', '--actor', 'nobody')).out).toBe(
    'No such decision. All of them: npx towpath audit\n',
  );
  expect((await towpath('audit', '--since', 'yesterday')).code).toBe(1);
});

test('an untouched chain is verified, with the server or without it', async () => {
  await untilLinked();
  const live = await towpath('audit', 'verify');
  expect(live.code).toBe(0);
  expect(live.out).toMatch(
    /^\d+ entries, signed up to \d+: nothing was changed\.\n {2}key [0-9a-f]{16}\n {4}-----BEGIN PUBLIC KEY/,
  );
  await towpath('audit', 'export', '--output', 'audit.ndjson');
  await expect(towpath('audit', 'export', '--output', 'audit.ndjson')).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
  const { publicKey } = await t.engineer.call(GetAuditStatus);
  await writeFile(join(folder, 'key.pem'), publicKey ?? '');
  const kept = await towpath('audit', 'verify', '--file', 'audit.ndjson', '--public-key', 'key.pem', '--json');
  expect(JSON.parse(kept.out)).toMatchObject({ problemCount: 0, signedUpTo: expect.any(Number) });
  const printed = (await towpath('audit', 'export')).out;
  expect(printed.startsWith(await readFile(join(folder, 'audit.ndjson'), 'utf8'))).toBe(true);
});

test('an edit is found in the server and in an export, whoever made it', async () => {
  await untilLinked();
  await tamper(`update audit_entries set actor_name = 'nobody' where sequence = 2`);
  const { code, out } = await towpath('audit', 'verify');
  expect(code).toBe(1);
  expect(out).toContain('✗ 2: the entry does not have the content that was hashed (ENTRY_CHANGED)\n1 problem found.\n');
  await towpath('audit', 'export', '--output', 'audit.ndjson');
  const { publicKey } = await t.engineer.call(GetAuditStatus);
  await writeFile(join(folder, 'key.pem'), publicKey ?? '');
  expect((await towpath('audit', 'verify', '--file', 'audit.ndjson', '--public-key', 'key.pem')).code).toBe(1);
});

test('an export that is verified without a key holds, and says that its signatures were not checked', async () => {
  await untilLinked();
  await towpath('audit', 'export', '--output', 'audit.ndjson');
  const { code, out } = await towpath('audit', 'verify', '--file', 'audit.ndjson');
  expect(code).toBe(0);
  expect(out).toMatch(/^\d+ entries, signatures not checked, since no key was given: the chain holds\.\n/);
  expect(out).toContain('Give the key by --public-key <file>');
  expect(out).not.toContain('problem');
  await towpath('audit', 'export', '--format', 'csv', '--output', 'audit.csv');
  expect(await towpath('audit', 'verify', 'audit.csv')).toMatchObject({ code: 0 });
  const { publicKey } = generateKeyPairSync('ed25519', { publicKeyEncoding: { type: 'spki', format: 'pem' } });
  await writeFile(join(folder, 'other.pem'), String(publicKey));
  const other = await towpath('audit', 'verify', 'audit.csv', '--public-key', 'other.pem');
  expect(other).toMatchObject({ code: 1, out: expect.stringContaining('KEY_UNKNOWN') });
});

test('an export overwrites no file, and says what to do', async () => {
  await towpath('audit', 'export', '--output', 'audit.ndjson');
  await expect(towpath('audit', 'export', '--output', 'audit.ndjson')).rejects.toMatchObject({
    code: 'FILE_UNUSABLE',
    message: expect.stringContaining('audit.ndjson is there already.'),
    fix: 'Name a new file, or move that one away.',
  });
});

test('a cut tail is found by a checkpoint that was kept elsewhere, as text or as a file', async () => {
  await untilLinked();
  const kept = (await towpath('audit', 'checkpoint')).out;
  await writeFile(join(folder, 'kept.txt'), kept);
  const { sequence } = JSON.parse(kept);
  expect((await towpath('audit', 'verify', '--checkpoint', 'kept.txt')).code).toBe(0);
  await tamper(`delete from audit_entries where sequence >= ${sequence}`);
  await tamper(`delete from audit_checkpoints where sequence >= ${sequence}`);
  expect((await towpath('audit', 'verify')).code).toBe(0);
  for (const checkpoint of ['kept.txt', kept]) {
    const { code, out } = await towpath('audit', 'verify', '--checkpoint', checkpoint);
    expect([code, out]).toEqual([1, expect.stringContaining(`✗ ${sequence}: the chain ends before this checkpoint`)]);
  }
  await expect(towpath('audit', 'verify', '--checkpoint', 'garbage')).rejects.toMatchObject({
    code: 'CHECKPOINT_INVALID',
  });
});

test('A91 decisions are found by who, what, about what, where, when and any word', async () => {
  await startRunOf(t, [buildTask('a')]);
  await t.engineer.call(SetPool, { params: { environment: 'prod', name: 'scarce' }, body: { slots: 7 } });
  await untilLinked();
  const list = async (...filter: readonly string[]): Promise<AuditEntryView[]> =>
    JSON.parse((await towpath('audit', '--json', '--limit', '200', ...filter)).out).entries;
  const actions = async (...filter: readonly string[]) => (await list(...filter)).map(({ action }) => action);
  expect(await actions('--text', 'SCARCE')).toEqual(['pool.set']);
  expect(await actions('--text', '"slots": 7')).toEqual(['pool.set']);
  expect(await actions('--text', '100%_')).toEqual([]);
  expect(await actions('--text', 'erin', '--environment', 'int', '--action', 'run')).toEqual(['run.started']);
  const [newest] = await list();
  const at = newest?.at ?? '';
  const before = await list('--until', at);
  expect(before.every((entry) => entry.at < at)).toBe(true);
  const since = await list('--since', at);
  expect(before.length + since.length).toBe((await list()).length);
});

test('A91 an export as CSV is verified as the chain itself; text of any kind is read back as it was', async () => {
  const hostile = ['=1+1', "'quoted'", '', 'a,"b"\r\nc', '@x', '-5', '\u00e9\u4e2d\ud83d\ude00'];
  for (const note of hostile)
    await t.engineer.call(CancelRun, {
      params: { runId: await startRunOf(t, [buildTask('a')]) },
      body: { reason: note },
    });
  await untilLinked();
  await towpath('audit', 'export', '--format', 'csv', '--output', 'audit.csv');
  const { publicKey } = await t.engineer.call(GetAuditStatus);
  await writeFile(join(folder, 'key.pem'), publicKey ?? '');
  const verify = async (file: string) =>
    JSON.parse((await towpath('audit', 'verify', file, '--public-key', 'key.pem', '--json')).out);
  const judged = await verify('audit.csv');
  expect(judged).toMatchObject({ problemCount: 0 });
  await towpath('audit', 'export', '--output', 'audit.ndjson');
  expect((await verify('audit.ndjson')).entries).toBe(judged.entries);
  const text = await readFile(join(folder, 'audit.csv'), 'utf8');
  expect(text).toContain(",'=1+1,");
  expect(text).not.toMatch(/(^|,)[=@+]/m);
});

test.each([
  [
    'edited',
    (rows: readonly string[]) => rows.map((row, n) => (n === 2 ? row.replace(/,operator,/, ',person,') : row)),
    'ENTRY_CHANGED',
  ],
  ['removed inside', (rows: readonly string[]) => rows.filter((_, n) => n !== 2), 'ENTRIES_MISSING'],
  [
    'moved',
    (rows: readonly string[]) => [...rows.slice(0, 2), rows[3], rows[2], ...rows.slice(4)],
    'ENTRY_OUT_OF_ORDER',
  ],
  ['cut off', (rows: readonly string[]) => rows.slice(0, 4), 'TAIL_MISSING'],
])('A91 in a CSV export a record that was %s is found', async (_, tamperRows, code) => {
  await untilLinked();
  const kept = (await towpath('audit', 'checkpoint')).out;
  await towpath('audit', 'export', '--format', 'csv', '--output', 'audit.csv');
  const rows = (await readFile(join(folder, 'audit.csv'), 'utf8')).trimEnd().split('\n');
  await writeFile(join(folder, 'changed.csv'), `${tamperRows(rows).join('\n')}\n`);
  const { code: exit, out } = await towpath('audit', 'verify', 'changed.csv', '--checkpoint', kept);
  expect([exit, out]).toEqual([1, expect.stringContaining(code)]);
});

test('garbage is not an export', async () => {
  await writeFile(join(folder, 'garbage'), '\u0000\u0001{"kind":"entry"}\n');
  await expect(towpath('audit', 'verify', '--file', 'garbage')).rejects.toMatchObject({ code: 'AUDIT_EXPORT_INVALID' });
  await writeFile(join(folder, 'garbage.csv'), 'kind,sequence,at\nentry,1\n');
  await expect(towpath('audit', 'verify', 'garbage.csv')).rejects.toMatchObject({ code: 'AUDIT_EXPORT_INVALID' });
  await expect(towpath('audit', 'verify', '--file', 'none')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a revoked token is refused with its next request, and the revocation is entered', async () => {
  await expect(towpath('server', 'revoke-token')).rejects.toMatchObject({ code: 'TOKEN_OWNER_MISSING' });
  expect((await towpath('server', 'revoke-token', '--name', 'erin')).out).toBe(
    'Revoked of erin: tokens 1, open consoles 0, unused links 0.\n',
  );
  const setPool = t.engineer.call(SetPool, { params: { environment: 'int', name: 'p' }, body: { slots: 1 } });
  await expect(setPool).rejects.toMatchObject({ code: 'AUTHENTICATION_REQUIRED' });
  const agent = ['--environment', 'int', '--agent', 'first'];
  expect((await towpath('server', 'revoke-token', ...agent)).out).toBe('Revoked of agent first of int: tokens 1.\n');
  await expect(towpath('server', 'revoke-token', ...agent)).rejects.toMatchObject({ code: 'TOKEN_UNKNOWN' });
  const renewed = await towpath('server', 'issue-agent-token', ...agent, '--expires-days', '30');
  expect(renewed.out).toMatch(/^towpath_agent_/);
  const entries = await waitFor('the entries to be linked', 10_000, async () => {
    const page = JSON.parse((await towpath('audit', '--actor', 'erin', '--json')).out);
    expect(page.entries).toEqual([]);
    const { out } = await towpath('audit', '--action', 'agent-credential.issued', '--json');
    const found = JSON.parse(out).entries;
    return found[0]?.details.lifeDays === 30 && found;
  });
  expect(entries[0]).toMatchObject({ actor: { kind: 'operator' }, subject: { name: 'first' } });
});

test('the key of a laptop is made once, for its owner alone', async () => {
  const path = join(folder, 'state', 'audit-key.pem');
  const first = ensureAuditKey(path);
  expect(ensureAuditKey(path)).toBe(first);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await expect(towpath('server', '--audit-key', 'none.pem')).rejects.toMatchObject({ code: 'AUDIT_KEY_MISSING' });
  await writeFile(join(folder, 'odd.pem'), 'secret text');
  await expect(towpath('server', '--audit-key', 'odd.pem', '--port', '0')).rejects.toMatchObject({
    code: 'AUDIT_KEY_INVALID',
    message: expect.not.stringContaining('secret'),
  });
});
