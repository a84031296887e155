// The tables a mock starts with. Fixed: every start has the same rows.
import type { MockTable } from '../mock-sql-server.ts';
import { CUSTOMER } from './customer.ts';
import { ORDERS } from './orders.ts';
import { PRODUCTS } from './products.ts';
import { SUPPLIERS } from './suppliers.ts';

/** Customer, Orders, Products and Suppliers of schema dbo; values are exactly what `decodeCell` gives. */
export const MOCK_TABLES: readonly MockTable[] = [CUSTOMER, ORDERS, PRODUCTS, SUPPLIERS];
