import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { deleteBundles } from '../operations/delete-bundles.ts';
import { lockUnusedBundles } from '../operations/lock-unused-bundles.ts';

/** Deletes a batch of bundles that nothing names any more. Locks them, skipping those that others hold. Returns how many. */
export function deleteUnusedBundles(
  pool: pg.Pool,
  batch: { readonly days: number; readonly limit: number },
): Promise<number> {
  return withTransaction(pool, async (tx) => {
    const hashes = await lockUnusedBundles(tx, batch);
    return hashes.length === 0 ? 0 : await deleteBundles(tx, hashes);
  });
}
