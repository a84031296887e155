// Retention on the real things: files of a folder, tables of PostgreSQL.
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getEnvironment, parseProject } from '@towpath/config';
import { getRetentionCutoff } from '@towpath/core';
import { createTestDatabase, type TestDatabase } from '@towpath/testkit';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deleteExpiredRows, listExpiredRows } from './bronze-tables.ts';
import { listExpiredObjects, removeExpiredObjects } from './folder-zone.ts';
import { settleEnvironment } from './settle-environment.ts';

const NOW = new Date('2026-06-30T12:00:00Z');
const CUTOFF = getRetentionCutoff(NOW, 7);

describe('a folder', () => {
  let zone: string;

  beforeEach(() => {
    zone = mkdtempSync(join(tmpdir(), 'towpath-zone-'));
  });

  afterEach(() => rmSync(zone, { recursive: true }));

  function put(key: string, loadedAt: string): void {
    const path = join(zone, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, key);
    utimesSync(path, new Date(loadedAt), new Date(loadedAt));
  }

  it('lists what is older than its days, oldest first, and keeps what is exactly as old', () => {
    put('day=1/a.json', '2026-06-23T11:59:59Z');
    put('day=1/b.json', '2026-06-23T12:00:00Z');
    put('day=0/c.json', '2026-01-01T00:00:00Z');
    expect(listExpiredObjects(zone, CUTOFF).map(({ key }) => key)).toEqual(['day=0/c.json', 'day=1/a.json']);
    expect(existsSync(join(zone, 'day=0/c.json'))).toBe(true);
  });

  it('removes what was listed and the folders that are empty then, nothing else', () => {
    put('day=0/x/c.json', '2026-01-01T00:00:00Z');
    put('day=1/a.json', '2026-01-01T00:00:00Z');
    put('day=1/b.json', '2026-06-30T00:00:00Z');
    put('.environment', '2026-01-01T00:00:00Z');
    const removed = removeExpiredObjects(zone, listExpiredObjects(zone, CUTOFF), CUTOFF);
    expect(removed.map(({ key }) => key)).toEqual(['day=0/x/c.json', 'day=1/a.json']);
    expect(existsSync(join(zone, 'day=0'))).toBe(false);
    expect(existsSync(join(zone, 'day=1/b.json'))).toBe(true);
    expect(existsSync(join(zone, '.environment'))).toBe(true);
  });

  it('an object that was replaced after it was listed stays', () => {
    put('a.json', '2026-01-01T00:00:00Z');
    const listed = listExpiredObjects(zone, CUTOFF);
    put('a.json', '2026-06-30T00:00:00Z');
    expect(removeExpiredObjects(zone, listed, CUTOFF)).toEqual([]);
    expect(existsSync(join(zone, 'a.json'))).toBe(true);
  });

  it('a folder that was claimed by itself is not of the zone', () => {
    put('prodlake/old.json', '2026-01-01T00:00:00Z');
    put('prodlake/.towpath-environment.json', '2026-01-01T00:00:00Z');
    put('own/old.json', '2026-01-01T00:00:00Z');
    expect(listExpiredObjects(zone, CUTOFF).map(({ key }) => key)).toEqual(['own/old.json']);
  });

  it('what a link leads to is not of the zone', () => {
    const outside = mkdtempSync(join(tmpdir(), 'towpath-outside-'));
    writeFileSync(join(outside, 'old.json'), '');
    utimesSync(join(outside, 'old.json'), new Date(0), new Date(0));
    symlinkSync(outside, join(zone, 'link'));
    expect(listExpiredObjects(zone, CUTOFF)).toEqual([]);
    // Also where the zone itself is one.
    expect(listExpiredObjects(join(zone, 'link'), CUTOFF)).toEqual([]);
    rmSync(outside, { recursive: true });
  });
});

describe('tables', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase({ template: 'empty' });
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`
      create schema bronze;
      create table bronze.orders (id int, _loaded_at timestamptz);
      insert into bronze.orders select i, timestamptz '2026-06-01' + i * interval '1 day' from generate_series(1, 28) i;
      create table bronze."Odd ""name" (_loaded_at timestamptz) partition by range (_loaded_at);
      create table bronze.part partition of bronze."Odd ""name" default;
      insert into bronze."Odd ""name" values ('2026-01-01'), ('2026-06-30');
      create table bronze.control (id int, loaded_at timestamptz);
      insert into bronze.control values (1, '2000-01-01');
      create view bronze.all_orders as select * from bronze.orders;
      create schema other;
      create table other.orders as select * from bronze.orders;`);
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('rows past their days are counted per table, then deleted, by _loaded_at; other schemas stay', async () => {
    const listed = await listExpiredRows(client, 'bronze', CUTOFF);
    expect(listed).toEqual([
      { table: 'bronze."Odd ""name"', rowCount: 1, oldestAt: new Date('2026-01-01T00:00:00Z') },
      { table: 'bronze.orders', rowCount: 22, oldestAt: new Date('2026-06-02T00:00:00Z') },
    ]);
    const tables = listed.map(({ table }) => table);
    expect(await deleteExpiredRows(client, tables, CUTOFF)).toEqual([
      { table: 'bronze."Odd ""name"', rowCount: 1 },
      { table: 'bronze.orders', rowCount: 22 },
    ]);
    expect(await listExpiredRows(client, 'bronze', CUTOFF)).toEqual([]);
    const left = await client.query(
      'select count(*)::int as count from other.orders union all select count(*)::int from bronze.control',
    );
    expect(left.rows).toEqual([{ count: 28 }, { count: 1 }]);
  });
});

describe('an environment', () => {
  it('A41 keeps what was not reached when who deletes is told to stop, and says so of each zone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'towpath-stopped-'));
    const old = join(folder, 'lake/dev-bronze-zone/a.json');
    mkdirSync(dirname(old), { recursive: true });
    writeFileSync(old, 'x');
    utimesSync(old, new Date(0), new Date(0));
    const text =
      'name: x\nenvironments: { dev: { kind: shared, targets: { lake: { type: folder, location: lake } }, sizing: { retentionDays: 7 } } }';
    const project = parseProject(folder, text);
    const request = {
      ...{ project, environment: getEnvironment(project.declaration, 'dev'), processVariables: {} },
      ...{ apply: true, now: NOW, resolveText: async (one: string) => one },
    };
    const stopped = await settleEnvironment({ ...request, signal: AbortSignal.abort() });
    expect(stopped.zones.map(({ count, error }) => [count, error?.code])).toEqual(
      Array(3).fill([0, 'RETENTION_STOPPED']),
    );
    expect(existsSync(old)).toBe(true);
    await settleEnvironment(request);
    expect(existsSync(old)).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
