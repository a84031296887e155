import { describe, expect, it } from 'vitest';
import { type CellValue, connectTds, MOCK_LOGINS, startMockSqlServer } from '../../index.ts';

const start = (type: string, ...values: CellValue[]) =>
  startMockSqlServer({
    host: '127.0.0.1',
    port: 0,
    seed: [{ schema: 'dbo', name: 'T', columns: [{ name: 'Value', type }], rows: values.map((value) => [value]) }],
  });

describe('a seed', () => {
  it.each<[string, string, CellValue]>([
    ['before year 1 in UTC', 'datetimeoffset(7)', '0001-01-01 00:00:00.0000000 +14:00'],
    ['after year 9999 in UTC', 'datetimeoffset(7)', '9999-12-31 23:59:59.9999999 -14:00'],
    ['-0', 'float', -0],
    ['NaN', 'float', Number.NaN],
    ['infinite', 'real', Number.NEGATIVE_INFINITY],
    ['half a surrogate pair', 'nvarchar(10)', 'a\ud83d'],
    ['too long', 'nvarchar(2)', 'abc'],
    ['no number', 'decimal(9,2)', 'many'],
  ])('with a value that is %s is refused, naming row and column', async (_, type, value) => {
    await expect(start(type, null, value)).rejects.toMatchObject({
      code: 'MOCK_SEED_INVALID',
      message: expect.stringMatching(/^Row 2 of dbo\.T can not be seeded: column Value: ./),
    });
  });

  it('with a row of another width is refused', async () => {
    const seed = [{ schema: 'dbo', name: 'T', columns: [{ name: 'A', type: 'int' }], rows: [[1, 2]] }];
    await expect(startMockSqlServer({ host: '127.0.0.1', port: 0, seed })).rejects.toMatchObject({
      code: 'MOCK_SEED_INVALID',
    });
  });

  it('at the edges of datetimeoffset is served exactly', async () => {
    const edges = ['0001-01-01 00:00:00.0000000 -14:00', '9999-12-31 23:59:59.9999999 +14:00'];
    const mock = await start('datetimeoffset(7)', ...edges);
    const { username, password } = MOCK_LOGINS.readOnly;
    const connection = await connectTds({
      host: mock.host,
      port: mock.port,
      database: 'TestWarehouse',
      username,
      password,
      encrypt: 'off',
      connectTimeoutMs: 5000,
    });
    try {
      expect((await connection.query('select Value from dbo.T')).rows.flat()).toEqual(edges);
    } finally {
      await connection.close();
      await mock.close();
    }
  });
});
