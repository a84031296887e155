import { existsSync } from 'node:fs';
import { type ErrorFacts, isPastRetention, TowpathError, toErrorFacts } from '@towpath/core';
import pg from 'pg';
import type { S3Zone } from '../targets/s3/s3-zone.ts';
import { assertGoingOn } from './assert-going-on.ts';
import { deleteExpiredRows, listExpiredRows } from './bronze-tables.ts';
import { listExpiredObjects, removeExpiredObjects } from './folder-zone.ts';
import type { ZonePlace } from './locate-zone.ts';

/** One object or table with data past its days. */
export interface ExpiredData {
  readonly target: string;
  /** Key of an object, or a table. */
  readonly name: string;
  /** Rows of a table; 1 for an object. */
  readonly count: number;
  readonly oldestAt: Date;
}

/** What a place holds, or held, from before the cutoff. */
export interface ExpiredDataList {
  /** Objects of a folder oldest first; of a bucket the first thousand in the order of their keys. */
  readonly data: readonly ExpiredData[];
  /** Of all of it: objects and rows. */
  readonly count: number;
  /** Why a bucket was not gone through to its end; what is listed is done all the same. */
  readonly error?: ErrorFacts;
}

/** What is asked of a place. */
export interface RetentionRequest {
  readonly zone: string;
  readonly cutoff: Date;
  /** False only lists. */
  readonly apply: boolean;
  /** Ends it between two places, or two pages of a bucket. */
  readonly signal?: AbortSignal;
}

/**
 * Lists what a place holds from before the cutoff, and removes it where asked; then the list says what was removed. A folder
 * that is not there holds nothing.
 *
 * @throws TowpathError `TARGET_UNREACHABLE`
 */
export async function settleExpired(place: ZonePlace, request: RetentionRequest): Promise<ExpiredDataList> {
  if (place.kind === 'bucket') return await settleBucket(place, request);
  const data = place.kind === 'folder' ? settleFolder(place, request) : await settleTables(place, request);
  return { data, count: data.reduce((sum, { count }) => sum + count, 0) };
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

type SweptObject = Parameters<Parameters<S3Zone['sweep']>[0]>[0][number];

/** A bucket may hold millions; a list that long helps nobody. */
const LISTED_OBJECTS = 1_000;

async function settleBucket(
  { target, sweep }: Extract<ZonePlace, { kind: 'bucket' }>,
  { cutoff, apply, signal }: RetentionRequest,
): Promise<ExpiredDataList> {
  const data: ExpiredData[] = [];
  let count = 0;
  let page: readonly SweptObject[] = [];
  // A page counts when it is done with: of one whose deletion failed nobody knows what is left.
  const countPage = (): void => {
    count += page.length;
    for (const { key, modifiedAt } of page.slice(0, LISTED_OBJECTS - data.length))
      data.push({ target, name: key, count: 1, oldestAt: modifiedAt });
  };
  try {
    await sweep((objects) => {
      countPage();
      page = [];
      assertGoingOn(signal);
      page = objects.filter((object) => isData(object.key) && isPastRetention({ loadedAt: object.modifiedAt }, cutoff));
      return apply ? page : [];
    });
    countPage();
    return { data, count };
  } catch (thrown) {
    return { data, count, error: toErrorFacts(thrown) };
  }
}

/** Names that begin with a dot are marks, and keys that end with `/` stand for folders, as in a zone that is a folder. */
function isData(key: string): boolean {
  return !key.endsWith('/') && !key.split('/').some((part) => part.startsWith('.'));
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
