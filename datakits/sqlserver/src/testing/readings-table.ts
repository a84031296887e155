import type { MockTable } from '@towpath/tds';

/** Three rows of five are bad: a NUL character, a seventh digit, and both at once. */
export const READINGS: MockTable = {
  schema: 'dbo',
  name: 'Readings',
  columns: [
    { name: 'Id', type: 'int', nullable: false, primaryKey: true },
    { name: 'Place', type: 'nvarchar(20)' },
    { name: 'SeenAt', type: 'datetime2(7)' },
    { name: 'Amount', type: 'decimal(18,4)' },
    { name: 'Raw', type: 'varbinary(20)' },
    { name: 'Zoned', type: 'datetimeoffset(7)' },
    { name: 'Weight', type: 'real' },
  ],
  rows: [
    [1, 'harbour', '2024-01-02 03:04:05.1234560', '1.5000', Buffer.from('00ff', 'hex'), null, Math.fround(0.1)],
    [
      2,
      'a\0b',
      '2024-01-02 03:04:05.0000000',
      '-0.0001',
      Buffer.from('00ff', 'hex'),
      '2024-01-02 03:04:05.5000000 -03:30',
      Math.fround(0.1),
    ],
    [3, 'quay', '2024-01-02 03:04:05.1234567', null, null, null, null],
    [4, '\0x', '2024-01-02 03:04:05.0000001', '2.0000', null, null, null],
    [5, 'lock', null, null, null, null, null],
  ],
};
