// The tables a mock starts with. Fixed: every start has the same rows.
import type { MockTable } from '../mock-sql-server.ts';
import { PRODUCTS } from './products.ts';

/** Customer, Orders, Products and Suppliers of schema dbo; values are exactly what `decodeCell` gives. */
export const MOCK_TABLES: readonly MockTable[] = [PRODUCTS];
