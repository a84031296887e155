import { existsSync } from 'node:fs';
import { TowpathError } from '@towpath/core';
import pg from 'pg';
import { deleteExpiredRows, listExpiredRows } from './bronze-tables.ts';
import { listExpiredObjects, removeExpiredObjects } from './folder-zone.ts';
import type { ZoneName, ZonePlace } from './locate-zone.ts';

/** One object or table with data past its days. */
export interface ExpiredData {
  readonly target: string;
  /** Key of an object, or a table. */
  readonly name: string;
  /** Rows of a table; 1 for an object. */
  readonly count: number;
  readonly oldestAt: Date;
}

/** What is asked of a place. */
export interface RetentionRequest {
  readonly zone: ZoneName;
  readonly cutoff: Date;
  /** False only lists. */
  readonly apply: boolean;
}

/**
 * Lists what a place holds from before the cutoff, oldest first, and removes it where asked; then the list says what was
 * removed. A folder that is not there holds nothing.
 *
 * @throws TowpathError `TARGET_UNREACHABLE`
 */
export async function settleExpired(place: ZonePlace, request: RetentionRequest): Promise<readonly ExpiredData[]> {
  return place.kind === 'folder' ? settleFolder(place, request) : await settleTables(place, request);
}

function settleFolder(
  { target, folder }: Extract<ZonePlace, { kind: 'folder' }>,
  { cutoff, apply }: RetentionRequest,
): readonly ExpiredData[] {
  if (!existsSync(folder)) return [];
  const listed = listExpiredObjects(folder, cutoff);
  const objects = apply ? removeExpiredObjects(folder, listed, cutoff) : listed;
  return objects.map(({ key, loadedAt }) => ({ target, name: key, count: 1, oldestAt: loadedAt }));
}

async function settleTables(
  { target, connection }: Extract<ZonePlace, { kind: 'tables' }>,
  { zone, cutoff, apply }: RetentionRequest,
): Promise<readonly ExpiredData[]> {
  const client = new pg.Client({
    ...connection,
    connectionTimeoutMillis: 10_000,
    application_name: 'towpath-retention',
  });
  try {
    await client.connect();
    const listed = await listExpiredRows(client, zone, cutoff);
    const names = listed.map(({ table }) => table);
    const deleted = apply ? await deleteExpiredRows(client, names, cutoff) : listed;
    return listed.map(({ table, oldestAt }) => {
      const rowCount = deleted.find((row) => row.table === table)?.rowCount ?? 0;
      return { target, name: table, count: rowCount, oldestAt };
    });
  } catch (thrown) {
    throw unreachable(target, thrown);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function unreachable(target: string, thrown: unknown): TowpathError {
  return new TowpathError(
    {
      code: 'TARGET_UNREACHABLE',
      message: `Target ${target} can't be read or written.`,
      cause: thrown instanceof Error ? thrown.message : String(thrown),
      fix: 'Correct the target in towpath.yaml, or repeat it when no load holds the tables.',
    },
    { cause: thrown },
  );
}
