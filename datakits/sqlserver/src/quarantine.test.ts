import type { MockTable } from '@towpath/tds';
import * as testkit from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IngestionHarness, startIngestionHarness } from './testing/ingestion-harness.ts';
import { createReadingsSteps } from './testing/readings-steps.ts';
import { READINGS } from './testing/readings-table.ts';

let world: IngestionHarness;

beforeEach(async () => {
  world = await startIngestionHarness(testkit, { seed: [READINGS] });
});

afterEach(async () => {
  await world.close();
});

const { ingest, putAside, readIds, readStates } = createReadingsSteps(() => world);

describe('quarantine', () => {
  it('keeps key, column, reason, value and run of each bad row; read = loaded + quarantined', async () => {
    const lines = await world.run(['ingest-table', 'Readings', '--bad-rows', 'quarantine'], {
      TOWPATH_RUN_ID: 'run-9',
      TOWPATH_TASK_ID: 'readings',
    });
    expect(lines.at(-1)).toContain('5 read = 2 loaded + 3 quarantined');
    expect(await readIds()).toEqual([1, 5]);
    expect(
      await world.readRow('select rows_read, rows_loaded, rows_quarantined, batch_id from bronze.ingestion_audit'),
    ).toMatchObject({ rows_read: '5', rows_loaded: '2', rows_quarantined: '3' });
    const { rows } = await world.bronze.query(
      `select q.*, a.status from bronze.ingestion_quarantine q join bronze.ingestion_audit a using (batch_id) order by row_number`,
    );
    expect(rows).toMatchObject([
      {
        ...{ run_id: 'run-9', row_number: '2', row_key: { id: '2' }, failed_field: 'Place', status: 'success' },
        ...{ error_type: 'VALUE_NUL_CHARACTER', actual_value: 'a\\u0000b', expected_type: 'text' },
        bad_values: [{ hex: '610000006200' }],
      },
      { row_key: { id: '3' }, failed_field: 'SeenAt', actual_value: '2024-01-02 03:04:05.1234567' },
      { row_key: { id: '4' }, bad_values: [{ column: 'Place' }, { column: 'SeenAt' }] },
    ]);
    const listed = await world.run(['quarantine', 'list', '--run', 'run-9', '--status', 'PENDING']);
    expect(listed[0]).toMatch(
      /^1 {2}PENDING {2}bronze\.dbo_readings {2}\{"id":"2"\} {2}Place: VALUE_NUL_CHARACTER, .+: a\\u0000b$/,
    );
    expect(listed.at(-1)).toBe('3 rows');
    expect(await world.run(['quarantine', 'list', '--run', 'another'])).toEqual(['0 rows']);
  });

  it('is empty when bad rows are refused, and so is bronze', async () => {
    await expect(ingest()).rejects.toMatchObject({ code: 'VALUE_NUL_CHARACTER' });
    expect(await readStates()).toEqual([]);
    expect(await world.readRow("select to_regclass('bronze.dbo_readings') as made")).toEqual({ made: null });
  });

  it('has a limit beyond which the load fails and nothing is put aside', async () => {
    await expect(ingest('--bad-rows', 'quarantine', '--max-quarantined', '2')).rejects.toMatchObject({
      code: 'QUARANTINE_LIMIT',
    });
    expect(await readStates()).toEqual([]);
    expect(await world.readRow('select status from bronze.ingestion_audit')).toEqual({ status: 'failed' });
  });

  it('becomes visible with the data only: a load that fails later leaves no row in it', async () => {
    const reader = await world.connect();
    await putAside();
    await reader.query('begin');
    await reader.query('select 1 from bronze.dbo_readings limit 1');
    await expect(ingest('--bad-rows', 'quarantine', '--lock-timeout', '1')).rejects.toMatchObject({
      code: 'PUBLISH_LOCK_TIMEOUT',
    });
    await reader.query('rollback');
    expect(await readStates()).toEqual(['PENDING', 'PENDING', 'PENDING']);
  });

  it('a fixed row is replayed exactly once, with all its other values and an audit row', async () => {
    await putAside();
    await world.run(['quarantine', 'fix', '1', '--set', 'place=mended', '--note', 'typo']);
    expect(await world.run(['quarantine', 'replay', 'bronze.dbo_readings'])).toEqual([
      'bronze.dbo_readings: 1 row replayed',
    ]);
    expect(await world.run(['quarantine', 'replay', 'bronze.dbo_readings'])).toEqual([
      'bronze.dbo_readings: 0 rows replayed',
    ]);
    const row = await world.readRow(
      `select place, seenat::text, amount::text, raw, zoned::text, zoned_offset_minutes, weight::text, _source_table,
              (select kind from bronze.ingestion_audit a where a.batch_id = r._batch_id) as kind
         from bronze.dbo_readings r where id = 2`,
    );
    expect(row).toEqual({
      ...{ place: 'mended', seenat: '2024-01-02 03:04:05', amount: '-0.0001', raw: Buffer.from('00ff', 'hex') },
      ...{ zoned: '2024-01-02 06:34:05.5+00', zoned_offset_minutes: -210, weight: '0.1' },
      ...{ _source_table: 'Readings', kind: 'replay' },
    });
    expect(await world.readRow("select rows_loaded, status from bronze.ingestion_audit where kind = 'replay'")).toEqual(
      {
        rows_loaded: '1',
        status: 'success',
      },
    );
    expect(
      await world.readRow(
        'select notes, remediated_by, remediation_status from bronze.ingestion_quarantine where quarantine_id = 1',
      ),
    ).toMatchObject({ notes: 'typo', remediated_by: expect.stringMatching(/.+/), remediation_status: 'REPLAYED' });
  });

  it('rows fixed later are replayed by a later replay, in the same task too', async () => {
    const task = { TOWPATH_RUN_ID: 'run-3', TOWPATH_TASK_ID: 'replay' };
    const replay = (): Promise<string[]> => world.run(['quarantine', 'replay', 'bronze.dbo_readings'], task);
    await putAside();
    await world.run(['quarantine', 'fix', '1', '--set', 'place=mended']);
    await replay();
    await world.run(['quarantine', 'fix', '2', '--set-null', 'seenat']);
    expect(await replay()).toEqual(['bronze.dbo_readings: 1 row replayed']);
    expect(await readIds()).toEqual([1, 2, 3, 5]);
  });

  it('a replay that fails loads none of its rows and says so in the audit', async () => {
    await putAside();
    await world.run(['quarantine', 'fix', '1', '--set', 'place=mended']);
    await world.run(['quarantine', 'fix', '2', '--set-null', 'seenat']);
    await world.bronze.query(
      'alter table bronze.dbo_readings add constraint placed check (seenat is not null or id = 5)',
    );
    await expect(world.run(['quarantine', 'replay', 'bronze.dbo_readings'])).rejects.toMatchObject({
      code: 'QUARANTINE_REPLAY_FAILED',
      reason: expect.stringContaining('placed'),
    });
    expect(await readIds()).toEqual([1, 5]);
    expect(await readStates()).toEqual(['FIXED', 'FIXED', 'PENDING']);
    expect(
      await world.readRow("select status, error_message from bronze.ingestion_audit where kind = 'replay'"),
    ).toMatchObject({ status: 'failed', error_message: expect.stringContaining('QUARANTINE_REPLAY_FAILED') });
  });

  it('a fix must mend every bad value with one that its column holds', async () => {
    await putAside();
    const fix = (...values: string[]): Promise<string[]> => world.run(['quarantine', 'fix', '3', ...values]);
    await expect(fix('--set', 'place=x')).rejects.toMatchObject({
      code: 'QUARANTINE_FIX_INVALID',
      reason: expect.stringContaining('seenat'),
    });
    await expect(fix('--set', 'place=x', '--set', 'seenat=yesterday or so')).rejects.toMatchObject({
      reason: expect.stringContaining('invalid input syntax for type timestamp'),
    });
    await expect(fix('--set', 'place=x', '--set', '_batch_id=1')).rejects.toMatchObject({
      code: 'QUARANTINE_FIX_INVALID',
    });
    expect(await readStates()).toEqual(['PENDING', 'PENDING', 'PENDING']);
    await fix('--set', 'place=x', '--set-null', 'seenat');
    expect(await readStates()).toEqual(['PENDING', 'PENDING', 'FIXED']);
  });

  it('a fix has no more digits than its column keeps', async () => {
    await putAside();
    const fix = (...values: string[]): Promise<string[]> => world.run(['quarantine', 'fix', '2', ...values]);
    await expect(fix('--set', 'seenat=2024-01-02 03:04:05.1234567')).rejects.toMatchObject({
      code: 'QUARANTINE_FIX_INVALID',
      reason: expect.stringContaining('more digits'),
    });
    await expect(fix('--set-null', 'seenat', '--set', 'amount=1.00001')).rejects.toMatchObject({
      reason: expect.stringContaining('amount is numeric(18,4): 1.00001 has more digits'),
    });
    await fix('--set', 'seenat=2024-01-02 03:04:05.1234560', '--set', 'amount=1.00000');
  });

  it('ignored rows stay out, with the reason; all of them or none', async () => {
    await putAside();
    await world.run(['quarantine', 'ignore', '1', '2', '--note', 'test data']);
    expect(await readStates()).toEqual(['IGNORED', 'IGNORED', 'PENDING']);
    await expect(world.run(['quarantine', 'ignore', '3', '99', '--note', 'all or none'])).rejects.toMatchObject({
      code: 'QUARANTINE_ROW_UNKNOWN',
    });
    expect(await readStates()).toEqual(['IGNORED', 'IGNORED', 'PENDING']);
  });

  it('a reload overtakes what nobody has decided, so that nothing older can be replayed over it', async () => {
    await putAside();
    await putAside();
    expect(await readStates()).toEqual(['SUPERSEDED', 'SUPERSEDED', 'SUPERSEDED', 'PENDING', 'PENDING', 'PENDING']);
    await expect(world.run(['quarantine', 'fix', '1', '--set', 'place=x'])).rejects.toMatchObject({
      code: 'QUARANTINE_STATE_UNFIT',
    });
  });
});

describe('a cell beyond --max-cell-bytes', () => {
  const LIMIT = ['--max-cell-bytes', '10000'];

  beforeEach(async () => {
    const rows: MockTable['rows'] = [
      [1, 'x'.repeat(5_000)],
      [2, 'y'.repeat(5_001)],
      [3, null],
    ];
    const columns = [
      { name: 'Id', type: 'int', nullable: false, primaryKey: true },
      { name: 'Doc', type: 'nvarchar(max)' },
    ];
    await world.close();
    world = await startIngestionHarness(testkit, { seed: [{ schema: 'dbo', name: 'Readings', columns, rows }] });
  });

  it('puts its row aside with its key, without the value', async () => {
    await ingest('--bad-rows', 'quarantine', ...LIMIT);
    expect(await readIds()).toEqual([1, 3]);
    expect(
      await world.readRow('select row_key, failed_field, error_type, actual_value from bronze.ingestion_quarantine'),
    ).toEqual({ row_key: { id: '2' }, failed_field: 'Doc', error_type: 'VALUE_TOO_LARGE', actual_value: null });
  });

  it('ends the load where bad rows are refused', async () => {
    await expect(ingest(...LIMIT)).rejects.toMatchObject({
      code: 'VALUE_TOO_LARGE',
      message: expect.stringContaining('column Doc'),
      fix: expect.stringContaining('--max-cell-bytes'),
    });
  });
});

describe('column options', () => {
  const column = (...options: string[]): string[] => options.flatMap((option) => ['--column', option]);

  it('A33 characters can be stripped or replaced, and are counted', async () => {
    await ingest(...column('Place:characters=strip', 'SeenAt:seventhDigit=truncate'));
    expect(
      (await world.bronze.query('select place from bronze.dbo_readings order by id')).rows.map((row) => row.place),
    ).toEqual(['harbour', 'ab', 'quay', 'x', 'lock']);
    expect(await world.readRow('select values_changed from bronze.ingestion_audit')).toEqual({
      values_changed: { place: 2, seenat: 2 },
    });
    await ingest(...column('Place:characters=replace', 'SeenAt:seventhDigit=truncate'));
    expect(await world.readRow('select place from bronze.dbo_readings where id = 4')).toEqual({ place: '\ufffdx' });
  });

  it('A33 a seventh digit can be truncated or kept as text', async () => {
    const mend = column('Place:characters=strip');
    await ingest(...mend, ...column('SeenAt:seventhDigit=truncate'));
    expect(await world.readRow('select seenat::text from bronze.dbo_readings where id = 3')).toEqual({
      seenat: '2024-01-02 03:04:05.123456',
    });
    await ingest(...mend, ...column('SeenAt:seventhDigit=text'), '--target-table', 'as_text');
    expect(await world.readRow('select seenat from bronze.as_text where id = 3')).toEqual({
      seenat: '2024-01-02 03:04:05.1234567',
    });
  });

  it('A33 a column can be skipped, renamed, or loaded as text', async () => {
    await ingest(...column('place:load=skip', 'SeenAt:load=skip', 'Amount:rename=value', 'Raw:load=text'));
    const { rows } = await world.bronze.query('select * from bronze.dbo_readings where id = 1');
    expect(Object.keys(rows[0]).slice(0, 3)).toEqual(['id', 'value', 'raw']);
    expect(rows[0].raw).toBe('0x00FF');
  });

  it('an option for a column that is not there, and one that is none, are refused', async () => {
    await expect(ingest(...column('Plaice:load=skip'))).rejects.toMatchObject({
      code: 'COLUMN_OPTION_UNKNOWN',
      message: expect.stringContaining('Plaice'),
    });
    await expect(ingest(...column('Place:load=eat'))).rejects.toMatchObject({ code: 'USAGE_INVALID' });
    await expect(ingest(...column('Place'))).rejects.toMatchObject({ code: 'USAGE_INVALID' });
  });
});
