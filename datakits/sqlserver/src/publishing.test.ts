import type { MockTable } from '@towpath/tds';
import * as testkit from '@towpath/testkit';
import type { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IngestionHarness, startIngestionHarness } from './testing/ingestion-harness.ts';

const ROWS = 20_000;
const NUMBERS: MockTable = {
  schema: 'dbo',
  name: 'Numbers',
  columns: [
    { name: 'Id', type: 'int', nullable: false },
    { name: 'Name', type: 'nvarchar(50)' },
    { name: 'Amount', type: 'decimal(18,4)' },
  ],
  rows: Array.from({ length: ROWS }, (_, index) => [index, `name ${index}`, `${index}.5000`]),
};

let world: IngestionHarness;

beforeEach(async () => {
  world = await startIngestionHarness(testkit, { seed: [NUMBERS] });
  await ingest();
});

afterEach(async () => {
  await world.close();
});

const ingest = (...options: string[]): Promise<string[]> => world.run(['ingest-table', 'dbo.Numbers', ...options]);

const COUNT = 'select count(*)::int as count, count(distinct _batch_id)::int as batches from bronze.dbo_numbers';

/** Reads over and over until told to stop; gives every answer that was not one whole content. */
function startReader(client: Client): () => Promise<{ reads: number; broken: unknown[] }> {
  const broken: unknown[] = [];
  let reads = 0;
  let isRunning = true;
  const reading = (async () => {
    while (isRunning) {
      // Named: a cached plan must notice the swap too.
      const { rows } = await client.query({ name: 'count', text: COUNT });
      reads++;
      if (rows[0]?.count !== ROWS || rows[0]?.batches !== 1) broken.push(rows[0]);
    }
  })();
  return async () => {
    isRunning = false;
    await reading;
    return { reads, broken };
  };
}

describe('publishing', () => {
  it('A32 a READ COMMITTED reader sees the whole old or the whole new content during reloads', async () => {
    const stop = startReader(await world.connect());
    for (let reload = 0; reload < 5; reload++) await ingest();
    const seen = await stop();
    expect(seen.broken).toEqual([]);
    expect(seen.reads).toBeGreaterThan(5);
  });

  it('a snapshot older than the reload that first reads after it sees the whole new content', async () => {
    const old = await world.connect();
    await old.query('begin isolation level repeatable read');
    await old.query('select 1 from pg_class limit 1');
    await ingest();
    expect((await old.query(COUNT)).rows).toEqual([{ count: ROWS, batches: 1 }]);
    await old.query('commit');
  });

  it('views, indexes, keys, checks and grants survive a reload', async () => {
    const { bronze } = world;
    await bronze.query('create view public.totals as select sum(amount) as total from bronze.dbo_numbers');
    await bronze.query('create index numbers_name on bronze.dbo_numbers (lower(name)) where amount > 10');
    await bronze.query('alter table bronze.dbo_numbers add primary key (id, _source_table)');
    await bronze.query('alter table bronze.dbo_numbers add constraint positive check (amount >= 0)');
    const role = `reader_${process.pid}_${Date.now()}`;
    await bronze.query(
      `create role ${role}; grant usage on schema bronze to ${role}; grant select on bronze.dbo_numbers to ${role}`,
    );
    const before = await listIndexes();
    await ingest();
    await ingest();
    expect((await world.readRow('select total::text from public.totals')).total).toBe('200000000.0000');
    expect(await listIndexes()).toEqual(before);
    expect(await listPartIndexes()).toEqual({ parent: 2, part: 2 });
    await bronze.query(`set role ${role}`);
    expect((await bronze.query(COUNT)).rows).toEqual([{ count: ROWS, batches: 1 }]);
    await bronze.query('reset role');
    await bronze.query(`drop owned by ${role}; drop role ${role}`);
  });

  it('a published table is logged, has statistics, and one part', async () => {
    await ingest();
    const { rows } = await world.bronze.query(
      `select relpersistence as kind, reltuples::int as tuples
         from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = 'bronze_parts' and relkind = 'r'`,
    );
    expect(rows).toEqual([{ kind: 'p', tuples: ROWS }]);
    expect(
      await world.readRow(
        "select count(*) > 0 as analyzed from pg_stats where tablename = 'dbo_numbers' and inherited",
      ),
    ).toEqual({ analyzed: true });
  });

  it('a transaction that stays open on the table makes publishing give up, and the old data stays', async () => {
    const before = await readBatch();
    const reader = await world.connect();
    await reader.query('begin');
    await reader.query(COUNT);
    await expect(ingest('--lock-timeout', '1')).rejects.toMatchObject({ code: 'PUBLISH_LOCK_TIMEOUT' });
    await reader.query('commit');
    expect(await readBatch()).toBe(before);
    expect(await countParts()).toBe(1);
  });

  it('publishing goes on as soon as the reader has ended', async () => {
    const before = await readBatch();
    const reader = await world.connect();
    await reader.query('begin');
    await reader.query(COUNT);
    const ingestion = ingest();
    await testkit.waitFor('the ingestion to wait for the reader', 10_000, async () => {
      const waiting = await world.readRow(
        "select count(*)::int as n from pg_locks where mode = 'AccessExclusiveLock' and not granted and database = (select oid from pg_database where datname = current_database())",
      );
      return waiting.n === 1;
    });
    await reader.query('commit');
    await ingestion;
    expect(await readBatch()).not.toBe(before);
  });

  it('an ingestion that waits for readers holds up no other target', async () => {
    const reader = await world.connect();
    await reader.query('begin');
    await reader.query(COUNT);
    const waiting = ingest();
    await testkit.waitFor('the ingestion to wait for the reader', 10_000, async () => {
      const seen = await world.readRow(
        "select count(*)::int as n from pg_locks where mode = 'AccessExclusiveLock' and not granted and database = (select oid from pg_database where datname = current_database())",
      );
      return seen.n === 1;
    });
    await ingest('--target-table', 'elsewhere');
    expect(
      await world.readRow("select status from bronze.ingestion_audit where target_table = 'bronze.elsewhere'"),
    ).toEqual({
      status: 'success',
    });
    await reader.query('commit');
    await waiting;
  });

  it('two ingestions of one target at once are both published, one after the other', async () => {
    await Promise.all([ingest(), ingest()]);
    expect((await world.bronze.query(COUNT)).rows).toEqual([{ count: ROWS, batches: 1 }]);
    expect(await countParts()).toBe(1);
  });

  it('a second ingestion of the same target waits, then says that the first is running', async () => {
    const other = await world.connect();
    await other.query("select pg_advisory_lock(hashtextextended('towpath ingest bronze.dbo_numbers', 0))");
    await expect(ingest('--lock-timeout', '1')).rejects.toMatchObject({ code: 'INGEST_BUSY' });
    const ingestion = ingest();
    await testkit.waitFor('the ingestion to wait for the other', 10_000, async () => {
      const waiting = await world.readRow(
        "select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())",
      );
      return waiting.n === 1;
    });
    await other.query('select pg_advisory_unlock_all()');
    await ingestion;
  });

  it('an ingestion overtaken by a later fence publishes nothing', async () => {
    const before = await readBatch();
    // As if a competitor had taken the next fence right after this attempt began.
    await world.bronze.query(`
      create function public.overtake() returns trigger language plpgsql as
        'begin update bronze.ingestion_target set fence = fence + 1; return null; end';
      create trigger overtake after insert on bronze.ingestion_audit execute function public.overtake()`);
    await expect(ingest()).rejects.toMatchObject({ code: 'INGEST_FENCED' });
    expect(await readBatch()).toBe(before);
    expect(await countParts()).toBe(1);
  });

  it('a changed source is refused before a row is read, naming every difference', async () => {
    await world.bronze.query(
      'alter table bronze.dbo_numbers drop column name; alter table bronze.dbo_numbers alter column amount type numeric(9,4)',
    );
    await expect(ingest()).rejects.toMatchObject({
      code: 'SOURCE_SCHEMA_CHANGED',
      message: expect.stringMatching(/name \(text\) is new, amount was numeric\(9,4\) and is numeric\(18,4\)/),
    });
  });
});

async function readBatch(): Promise<unknown> {
  return (await world.readRow('select min(_batch_id::text) as batch from bronze.dbo_numbers')).batch;
}

async function countParts(): Promise<unknown> {
  return (await world.readRow("select count(*)::int as n from pg_tables where schemaname = 'bronze_parts'")).n;
}

async function listIndexes(): Promise<unknown[]> {
  const sql =
    "select indexname, indexdef from pg_indexes where schemaname = 'bronze' and tablename = 'dbo_numbers' order by 1";
  return (await world.bronze.query(sql)).rows;
}

/** Indexes of the published table, and how many of its part hang on them. */
function listPartIndexes(): Promise<Record<string, unknown>> {
  return world.readRow(
    `select (select count(*)::int from pg_index where indrelid = 'bronze.dbo_numbers'::regclass) as parent,
            (select count(*)::int from pg_inherits join pg_index on indexrelid = inhparent
              where indrelid = 'bronze.dbo_numbers'::regclass) as part`,
  );
}
