// Retention of one zone: every place that holds it, each only when its marker lets this environment.
import { type ErrorFacts, TowpathError, toErrorFacts } from '@towpath/core';
import { assertClaimed } from '../targets/assert-claimed.ts';
import { assertGoingOn } from './assert-going-on.ts';
import { type ExpiredDataList, type RetentionRequest, settleExpired } from './expired-data.ts';
import { locateZone, type ZonePlace, type ZoneRequest } from './locate-zone.ts';

/** What became of a zone. */
export interface ZoneReport extends Omit<ExpiredDataList, 'error'> {
  readonly zone: string;
  readonly retentionDays: number;
  readonly cutoff: Date;
  /** Why it was not finished; what it says to be deleted is. */
  readonly error: ErrorFacts | null;
}

type SettleRequest = ZoneRequest &
  RetentionRequest & { readonly retentionDays: number; readonly isMarkerRequired?: boolean };

/**
 * Lists, or deletes, what is past in a zone. What fails in one place does not keep the others from it.
 *
 * @throws TowpathError `ZONE_UNDECLARED`, or why the targets can't be located
 */
export async function settleZone(request: SettleRequest): Promise<ZoneReport> {
  const report = await findZoneReport(request);
  if (report !== undefined) return report;
  const { name } = request.configuration.environment;
  throw new TowpathError({
    code: 'ZONE_UNDECLARED',
    message: `[${name.toUpperCase()}] No target holds zone ${request.zone}.`,
    cause: `environments.${name}.targets in towpath.yaml has no folder, no bucket of the zone and no PostgreSQL named ${request.zone}.`,
    fix: 'Declare one, for example: targets: { lake: { type: folder, location: ./zones } }',
  });
}

/** The same; undefined when no target holds the zone. */
export async function findZoneReport(request: SettleRequest): Promise<ZoneReport | undefined> {
  const places = await locateZone(request);
  if (places.length === 0) return undefined;
  const { zone, retentionDays, cutoff } = request;
  let report: ZoneReport = { zone, retentionDays, cutoff, data: [], count: 0, error: null };
  for (const place of places) {
    const { list, error } = await settlePlace(place, request);
    const data = [...report.data, ...list.data];
    report = { ...report, data, count: report.count + list.count, error: report.error ?? error };
  }
  return report;
}

const NOTHING: ExpiredDataList = { data: [], count: 0 };

async function settlePlace(
  place: ZonePlace,
  request: SettleRequest,
): Promise<{ readonly list: ExpiredDataList; readonly error: ErrorFacts | null }> {
  try {
    assertGoingOn(request.signal);
    await assertOwn(place, request);
    const list = await settleExpired(place, request);
    return { list, error: list.error ?? null };
  } catch (thrown) {
    return { list: NOTHING, error: toErrorFacts(thrown) };
  }
}

/**
 * A bucket must carry the marker. A folder and a database without one are taken, as nothing else than this project names them,
 * where a person asks; not where nobody watches.
 */
async function assertOwn(place: ZonePlace, { configuration, isMarkerRequired = false }: SettleRequest): Promise<void> {
  const { name: environment, kind } = configuration.environment;
  const marker = await place.readMarker();
  if (marker === undefined && place.kind !== 'bucket' && !isMarkerRequired) return;
  assertClaimed(place.target, marker, { environment, kind });
}
