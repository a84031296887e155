import { readFileSync } from 'node:fs';
import { largeByteAt } from '@towpath/tds';
import * as testkit from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IngestionHarness, startIngestionHarness } from './testing/ingestion-harness.ts';

/** The stated limit of memory, whatever the table. */
const LIMIT_MIB = 150;
/** Bytes of cells far beyond what is kept in memory, two of them in one row. */
const LARGE = 60 * 1024 * 1024;

let world: IngestionHarness;

beforeAll(async () => {
  world = await startIngestionHarness(testkit);
});

afterAll(async () => {
  await world.close();
});

/** Runs the real program to its end; gives its exit code and the most memory it had, in MiB. */
async function runWatched(argv: readonly string[]): Promise<{ code: number | null; peakMiB: number; stderr: string }> {
  const child = await world.spawn(argv);
  let peakMiB = 0;
  let isRunning = true;
  const exit = child.waitForExit().finally(() => {
    isRunning = false;
  });
  await testkit.waitFor('the program to end', 120_000, () => {
    peakMiB = Math.max(peakMiB, readPeakMiB(child.pid));
    return !isRunning;
  });
  return { code: (await exit).code, peakMiB, stderr: child.stderr() };
}

/** VmHWM of proc_pid_status(5): the high-water mark; 0 when the process is gone. */
function readPeakMiB(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

describe.skipIf(process.platform !== 'linux')('memory', () => {
  it(`A32 stays below ${LIMIT_MIB} MiB on a table that is larger`, async () => {
    const { code, peakMiB, stderr } = await runWatched(['ingest-table', 'Generated_1200000']);
    expect([code, stderr]).toEqual([0, '']);
    const { size } = await world.readRow('select size_bytes::float8 / 1024 / 1024 as size from bronze.table_metadata');
    expect(size).toBeGreaterThan(LIMIT_MIB);
    expect(peakMiB).toBeGreaterThan(20);
    expect(peakMiB).toBeLessThan(LIMIT_MIB);
  });

  it(`stays below ${LIMIT_MIB} MiB with two cells of ${LARGE / 2 ** 20} MiB in a row, which arrive whole`, async () => {
    const { code, peakMiB, stderr } = await runWatched(['ingest-table', `LargeCells_${LARGE}`]);
    expect([code, stderr]).toEqual([0, '']);
    expect(peakMiB).toBeLessThan(LIMIT_MIB);
    const period = Buffer.from(Array.from({ length: 251 }, (_, at) => largeByteAt(at)));
    const letters = Array.from({ length: 251 }, (_, at) => String.fromCharCode(0x100 + at)).join('');
    const { rows } = await world.bronze.query(
      `select id, octet_length(body) as bytes, char_length(note) as characters,
              md5(body) = md5(substring(decode(repeat(encode($1, 'hex'), $3), 'hex') from 1 for $4)) as body,
              md5(note) = md5(left(repeat($2, $3), $4 / 2)) as note
         from bronze.dbo_largecells_${LARGE} order by id`,
      [period, letters, Math.ceil(LARGE / 251), LARGE],
    );
    expect(rows).toMatchObject([
      { id: 1 },
      { id: 2, bytes: LARGE, body: true },
      { id: 3, characters: LARGE / 2, note: true },
      { id: 4, bytes: LARGE, characters: LARGE / 2, body: true, note: true },
      { id: 5 },
    ]);
  });
});

describe('cells that are neither small nor streamed', () => {
  it('come back into memory: text of a code page, and text with an option', async () => {
    const length = 3 * 1024 * 1024;
    const writer = await world.openSource();
    await writer.query(
      'CREATE TABLE dbo.Middling (Id int NOT NULL PRIMARY KEY, Body varchar(max), Note nvarchar(max))',
    );
    await writer.query(
      `INSERT INTO dbo.Middling VALUES (1, '${'é'.repeat(length)}', N'${'東'.repeat(length)}'), (2, NULL, N'x')`,
    );
    await world.run(['ingest-table', 'Middling', '--column', 'Note:characters=strip']);
    expect(
      await world.readRow(
        `select body = repeat('é', ${length}) as body, note = repeat('東', ${length}) as note from bronze.dbo_middling where id = 1`,
      ),
    ).toEqual({ body: true, note: true });
  });
});

describe('cells beyond --max-cell-bytes', () => {
  it('are let go as they come; their rows are put aside with their key, the others loaded', async () => {
    const table = `LargeCells_${20 * 1024 * 1024}`;
    await world.run(['ingest-table', table, '--max-cell-bytes', '17000000', '--bad-rows', 'quarantine']);
    const { rows } = await world.bronze.query(
      'select row_key, bad_values from bronze.ingestion_quarantine where target_table like $1 order by row_number',
      ['%largecells%'],
    );
    expect(rows.map((row) => [row.row_key, row.bad_values[0].code])).toEqual(
      [2, 3, 4].map((id) => [{ id: String(id) }, 'VALUE_TOO_LARGE']),
    );
    expect(
      await world.readRow(`select string_agg(id::text, ',' order by id) as ids from bronze.dbo_${table.toLowerCase()}`),
    ).toEqual({
      ids: '1,5',
    });
  });
});
