// dbo.Orders: 30 rows made by a rule, so that sums are easy to check and every third value is missing.
import type { CellValue } from '../../tds-column.ts';
import type { MockTable } from '../mock-sql-server.ts';

const COUNT = 30;
const STATUSES = ['new', 'paid', 'shipped', 'returned'] as const;
/** `datetime` counts 1/300 of a second: only these ends of a millisecond exist. */
const DATETIME_ENDS = ['000', '003', '007', '010', '997'] as const;

/** 30 rows. Amount is OrderID × 10.05; ShippedAt is missing in every third. */
export const ORDERS: MockTable = {
  schema: 'dbo',
  name: 'Orders',
  columns: [
    { name: 'OrderID', type: 'bigint', nullable: false, primaryKey: true },
    { name: 'CustomerID', type: 'int', nullable: true },
    { name: 'ProductID', type: 'int', nullable: false },
    { name: 'OrderDate', type: 'datetime', nullable: false },
    { name: 'ShippedAt', type: 'datetime2(0)', nullable: true },
    { name: 'Quantity', type: 'int', nullable: false },
    { name: 'Amount', type: 'decimal(12,2)', nullable: false },
    { name: 'ExchangeRate', type: 'decimal(38,18)', nullable: true },
    { name: 'Freight', type: 'money', nullable: true },
    { name: 'Discount', type: 'smallmoney', nullable: false },
    { name: 'Status', type: 'varchar(16)', nullable: false },
    { name: 'Comment', type: 'nvarchar(200)', nullable: true },
  ],
  rows: Array.from({ length: COUNT }, (_, index) => orderRow(index + 1)),
};

function orderRow(id: number): CellValue[] {
  const day = String(((id - 1) % 28) + 1).padStart(2, '0');
  const cents = id * 1005;
  return [
    id === COUNT ? 9_223_372_036_854_775_807n : BigInt(id),
    id % 7 === 0 ? null : ((id - 1) % 10) + 1,
    ((id * 3) % 16) + 1,
    `2024-${id > 15 ? '02' : '01'}-${day} 13:45:30.${DATETIME_ENDS[id % DATETIME_ENDS.length]}`,
    id % 3 === 0 ? null : `2024-03-${day} 06:00:00`,
    id * 2,
    `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
    id % 5 === 0 ? null : `${id}.000000000000000${String(id).padStart(3, '0')}`,
    id % 4 === 0 ? null : `${id % 2 === 0 ? '-' : ''}${id}.${String(id).padStart(2, '0')}25`,
    `0.0${String(id).padStart(2, '0')}5`,
    STATUSES[id % STATUSES.length] ?? 'new',
    id % 6 === 0 ? null : id % 6 === 1 ? '' : `order №${id}`,
  ];
}
