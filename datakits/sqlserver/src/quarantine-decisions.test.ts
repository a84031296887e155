import type { TdsConnection } from '@towpath/tds';
import * as testkit from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IngestionHarness, startIngestionHarness } from './testing/ingestion-harness.ts';
import { createReadingsSteps } from './testing/readings-steps.ts';
import { READINGS } from './testing/readings-table.ts';

let world: IngestionHarness;
let beforeRows: (() => Promise<void>) | undefined;

beforeEach(async () => {
  world = await startIngestionHarness(testkit, {
    seed: [READINGS],
    faults: { beforeRows: async (sql) => (sql.startsWith('SELECT [Id], [Place]') ? beforeRows?.() : undefined) },
  });
});

afterEach(async () => {
  beforeRows = undefined;
  await world.close();
});

const { ingest, putAside, readIds, readStates } = createReadingsSteps(() => world);

describe('a decision about a row, when the same row is read again', () => {
  let source: TdsConnection;
  const fix = (id: number, ...values: string[]): Promise<string[]> =>
    world.run(['quarantine', 'fix', String(id), ...values]);
  const replay = async (): Promise<string | undefined> =>
    (await world.run(['quarantine', 'replay', 'bronze.dbo_readings'])).at(-1);
  const readPlace = async (id: number): Promise<unknown> =>
    (await world.readRow(`select string_agg(place, ',') as place from bronze.dbo_readings where id = ${id}`)).place;
  const readAudit = (): Promise<unknown> =>
    world.readRow(
      `select rows_read::int as read, rows_loaded::int as loaded, rows_fixed::int as fixed, rows_quarantined::int as aside
         from bronze.ingestion_audit order by audit_id desc limit 1`,
    );

  beforeEach(async () => {
    source = await world.openSource();
  });

  it('its fix is applied by each snapshot, replayed before or not, and counted', async () => {
    await putAside();
    await fix(1, '--set', 'place=tab\there, "quoted"\\, two\nlines');
    await fix(2, '--set-null', 'seenat');
    const lines = await putAside();
    expect(lines.at(-1)).toContain('5 read = 4 loaded + 1 quarantined, 2 of the loaded with their fixes');
    expect(await readAudit()).toEqual({ read: 5, loaded: 4, fixed: 2, aside: 1 });
    expect(await readPlace(2)).toBe('tab\there, "quoted"\\, two\nlines');
    expect(
      await world.readRow(
        'select amount::text, raw, zoned_offset_minutes, weight from bronze.dbo_readings where id = 2',
      ),
    ).toEqual({ amount: '-0.0001', raw: Buffer.from('00ff', 'hex'), zoned_offset_minutes: -210, weight: 0.1 });
    expect(await readStates()).toEqual(['REPLAYED', 'REPLAYED', 'SUPERSEDED', 'PENDING']);
    expect(await replay()).toBe('bronze.dbo_readings: 0 rows replayed');
    await putAside();
    expect(await readIds()).toEqual([1, 2, 3, 5]);
  });

  it('a row that changed at the source is put aside again; one that was mended there comes as it is', async () => {
    await putAside();
    for (const id of [1, 2]) await fix(id, '--set', 'place=mended', '--set-null', 'seenat');
    await replay();
    await source.query('UPDATE dbo.Readings SET Amount = 7 WHERE Id = 2');
    await source.query("UPDATE dbo.Readings SET SeenAt = '2024-01-02' WHERE Id = 3");
    await putAside();
    expect(await readIds()).toEqual([1, 3, 5]);
    expect(await readPlace(3)).toBe('quay');
    expect(await readStates()).toEqual(['SUPERSEDED', 'SUPERSEDED', 'SUPERSEDED', 'PENDING', 'PENDING']);
  });

  it('ignored it stays ignored, with its reason', async () => {
    await putAside();
    await world.run(['quarantine', 'ignore', '1', '--note', 'test data']);
    await putAside();
    expect(await readStates()).toEqual(['SUPERSEDED', 'SUPERSEDED', 'SUPERSEDED', 'IGNORED', 'PENDING', 'PENDING']);
    expect(
      await world.readRow('select notes, row_key from bronze.ingestion_quarantine where quarantine_id = 4'),
    ).toEqual({ notes: 'test data', row_key: { id: '2' } });
    expect(await readAudit()).toEqual({ read: 5, loaded: 2, fixed: 0, aside: 3 });
  });

  it('can be taken anew: a second fix replaces the first with the next load, an ignored row leaves', async () => {
    await putAside();
    await fix(1, '--set', 'place=first');
    await replay();
    await fix(1, '--set', 'place=second');
    expect(await replay()).toBe('bronze.dbo_readings: 0 rows replayed; 1 fixed again wait for the next load');
    expect(await readPlace(2)).toBe('first');
    await putAside();
    expect(await readPlace(2)).toBe('second');
    await world.run(['quarantine', 'ignore', '1', '--note', 'no']);
    await putAside();
    expect(await readIds()).toEqual([1, 5]);
    const ignored = await world.readRow(
      "select max(quarantine_id)::int as id from bronze.ingestion_quarantine where remediation_status = 'IGNORED'",
    );
    await fix(Number(ignored.id), '--set', 'place=third');
    expect(await replay()).toBe('bronze.dbo_readings: 1 row replayed');
    await putAside();
    expect(await readPlace(2)).toBe('third');
  });

  it('bad rows are refused only where no fix mends them', async () => {
    await putAside();
    for (const id of [1, 2]) await fix(id, '--set', 'place=mended', '--set-null', 'seenat');
    await expect(ingest()).rejects.toMatchObject({
      code: 'VALUE_NUL_CHARACTER',
      message: expect.stringContaining('Row 4'),
    });
    await fix(3, '--set', 'place=mended', '--set-null', 'seenat');
    await ingest();
    expect(await readIds()).toEqual([1, 2, 3, 4, 5]);
  });

  it('other types make another row of it: the fix is not applied', async () => {
    await putAside();
    await fix(2, '--set-null', 'seenat');
    const asText = ['--column', 'Amount:load=text', '--schema-policy', 'evolve'];
    await ingest('--bad-rows', 'quarantine', ...asText);
    expect(await readIds()).toEqual([1, 5]);
  });

  it('a fix that a constraint of bronze refuses ends the load, and the old data stays', async () => {
    await putAside();
    await fix(2, '--set-null', 'seenat');
    await world.bronze.query(
      'alter table bronze.dbo_readings add constraint seen check (seenat is not null or id = 5)',
    );
    await expect(putAside()).rejects.toMatchObject({ reason: expect.stringContaining('seen') });
    expect(await readStates()).toEqual(['PENDING', 'FIXED', 'PENDING']);
    expect(await readIds()).toEqual([1, 5]);
  });

  it('a fix changed while it is applied makes the load try again', async () => {
    await putAside();
    await fix(2, '--set-null', 'seenat');
    // Publishing waits for this reader, and finds another fix when its turn comes.
    const reader = await world.connect();
    await reader.query('begin');
    await reader.query(
      'update bronze.ingestion_quarantine set fixed_values = \'{"seenat": "2024-01-02"}\' where quarantine_id = 2',
    );
    const load = putAside();
    const failed = expect(load).rejects.toMatchObject({ code: 'QUARANTINE_CHANGED' });
    await testkit.waitFor('the load to wait for the row', 10_000, async () => {
      const { n } = await world.readRow(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return n === 1;
    });
    await reader.query('commit');
    await failed;
    await putAside();
    expect(await world.readRow('select seenat::text from bronze.dbo_readings where id = 3')).toEqual({
      seenat: '2024-01-02 00:00:00',
    });
  });

  it('a row fixed or ignored while a load puts it aside again keeps its decision', async () => {
    await putAside();
    beforeRows = async () => {
      beforeRows = undefined;
      await fix(2, '--set-null', 'seenat', '--note', 'no clock');
      await world.run(['quarantine', 'ignore', '1', '--note', 'test data']);
    };
    await putAside();
    expect(await readStates()).toEqual(['SUPERSEDED', 'SUPERSEDED', 'SUPERSEDED', 'IGNORED', 'FIXED', 'PENDING']);
    expect(await replay()).toBe('bronze.dbo_readings: 1 row replayed');
    expect(await readIds()).toEqual([1, 3, 5]);
  });

  it('an increment that reads it again keeps its fix, and ends it when the row has changed', async () => {
    const increment = (): Promise<string[]> =>
      ingest('--bad-rows', 'quarantine', '--mode', 'incremental', '--cursor-column', 'Id');
    await increment();
    await fix(1, '--set', 'place=mended');
    await fix(2, '--set-null', 'seenat');
    await replay();
    // Numbers overlap by 1000, so every row is read again.
    expect((await increment()).at(-1)).toContain(
      '5 read = 4 loaded + 1 quarantined, 2 of the loaded with their fixes (0 new, 0 changed',
    );
    expect(await readStates()).toEqual(['REPLAYED', 'REPLAYED', 'SUPERSEDED', 'PENDING']);
    await source.query('UPDATE dbo.Readings SET Amount = 7 WHERE Id = 2');
    await increment();
    expect(await readStates()).toEqual(['SUPERSEDED', 'REPLAYED', 'SUPERSEDED', 'SUPERSEDED', 'PENDING', 'PENDING']);
    expect(await readPlace(2)).toBe('mended');
    await fix(5, '--set', 'place=again');
    await fix(2, '--set', 'seenat=2024-05-06');
    expect(await replay()).toBe('bronze.dbo_readings: 2 rows replayed');
    expect(
      (
        await world.bronze.query(
          'select id, place, seenat::text, amount::int from bronze.dbo_readings where id in (2, 3) order by id',
        )
      ).rows,
    ).toEqual([
      { id: 2, place: 'again', seenat: '2024-01-02 03:04:05', amount: 7 },
      { id: 3, place: 'quay', seenat: '2024-05-06 00:00:00', amount: null },
    ]);
  });

  it('alike rows without a key have a decision each', async () => {
    await source.query('CREATE TABLE dbo.Twins (Name nvarchar(20), SeenAt datetime2(7))');
    for (const name of ['a', 'a', 'a']) {
      await source.query(`INSERT INTO dbo.Twins VALUES ('${name}', '2024-01-02 03:04:05.1234567')`);
    }
    const load = (): Promise<string[]> => world.run(['ingest-table', 'Twins', '--bad-rows', 'quarantine']);
    await load();
    await fix(1, '--set', 'seenat=2024-01-01');
    await world.run(['quarantine', 'ignore', '2', '--note', 'twice']);
    await load();
    await load();
    expect((await world.bronze.query('select seenat::text from bronze.dbo_twins')).rows).toEqual([
      { seenat: '2024-01-01 00:00:00' },
    ]);
    expect(
      (
        await world.bronze.query(
          "select remediation_status as state, count(*)::int as n from bronze.ingestion_quarantine where remediation_status <> 'SUPERSEDED' group by 1 order by 1",
        )
      ).rows,
    ).toEqual([
      { state: 'IGNORED', n: 1 },
      { state: 'PENDING', n: 1 },
      { state: 'REPLAYED', n: 1 },
    ]);
  });
});
