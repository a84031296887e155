// Retention of an environment: one zone of it, or all that its targets hold. The command asks for it, and the agent once a day.
import { assertUsable, type ConfigurationInputs, resolveConfiguration } from '@towpath/config';
import { type EnvironmentDeclaration, findRetentionDays, getRetentionCutoff, TowpathError } from '@towpath/core';
import type { ResolveText } from '../notify/notification-sink.ts';
import { findZoneReport, settleZone, type ZoneReport } from './settle-zone.ts';

/** What is asked. */
export interface EnvironmentRetention extends ConfigurationInputs {
  /** Undefined: all. */
  readonly zone?: string | undefined;
  /** False only lists. */
  readonly apply: boolean;
  /** Ages count up to here. */
  readonly now: Date;
  /** Refuses every place without a marker: for what nobody watches. Default: buckets only. */
  readonly isMarkerRequired?: boolean;
  /** Fetches what is a reference to a secret. */
  readonly resolveText: ResolveText;
  /** Ends it before the next place, or the next page of a bucket; what was not settled says so in its error. */
  readonly signal?: AbortSignal;
}

/** What became of it. */
export interface RetentionReport {
  readonly environment: string;
  readonly isApplied: boolean;
  /** In the order of the declaration. */
  readonly zones: readonly ZoneReport[];
}

/**
 * Lists, or deletes, what is past. Of all zones each is tried; of one its error is in the report.
 *
 * A zone without days is left out of all.
 *
 * @throws TowpathError the problems of the configuration, `RETENTION_UNDECLARED`, `ZONE_UNKNOWN`, `ZONE_UNDECLARED`, or of secrets
 */
export async function settleEnvironment(request: EnvironmentRetention): Promise<RetentionReport> {
  const { environment, zone, apply, now } = request;
  if (zone !== undefined && !environment.zones.has(zone)) throw zoneUnknown(environment, zone);
  const wanted = listWanted(environment, zone);
  const configuration = resolveConfiguration(request);
  assertUsable(configuration);
  const shared = { ...request, configuration, variables: listVariables(request, configuration) };
  const requests = wanted.map((one) => ({ ...shared, ...one, cutoff: getRetentionCutoff(now, one.retentionDays) }));
  return { environment: environment.name, isApplied: apply, zones: await settleAll(requests) };
}

interface WantedZone {
  readonly zone: string;
  readonly retentionDays: number;
}

/** The one zone, or all that have days. */
function listWanted({ name, sizing, zones }: EnvironmentDeclaration, zone: string | undefined): readonly WantedZone[] {
  const wanted = (zone === undefined ? [...zones.keys()] : [zone]).flatMap((one): WantedZone[] => {
    const retentionDays = findRetentionDays(sizing, one);
    return retentionDays === undefined ? [] : [{ zone: one, retentionDays }];
  });
  if (wanted.length > 0) return wanted;
  throw new TowpathError({
    code: 'RETENTION_UNDECLARED',
    message: `[${name.toUpperCase()}] Nothing says how long data is kept.`,
    cause: `environments.${name}.sizing in towpath.yaml has no retentionDays, and no zoneRetentionDays of ${zone ?? 'any zone'}.`,
    fix: 'Declare it; without it everything stays.',
  });
}

async function settleAll(requests: readonly Parameters<typeof settleZone>[0][]): Promise<readonly ZoneReport[]> {
  const reports: ZoneReport[] = [];
  for (const request of requests) {
    const report = await findZoneReport(request);
    if (report !== undefined) reports.push(report);
  }
  const [first] = requests;
  // An environment of which nothing is reached must not look as if all were well.
  return reports.length > 0 || first === undefined ? reports : [await settleZone(first)];
}

/** Credentials of AWS are seldom declared: what its programs read from the process counts, too. */
function listVariables(
  { processVariables }: EnvironmentRetention,
  { values }: ReturnType<typeof resolveConfiguration>,
): Readonly<Record<string, string>> {
  const own = Object.entries(processVariables).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]]));
  return { ...Object.fromEntries(own), ...Object.fromEntries([...values].map(([name, { text }]) => [name, text])) };
}

function zoneUnknown({ zones }: EnvironmentDeclaration, zone: string): TowpathError {
  return new TowpathError({
    code: 'ZONE_UNKNOWN',
    message: `There is no zone ${JSON.stringify(zone.slice(0, 100))}.`,
    fix: `One of: ${[...zones.keys()].join(', ')}`,
  });
}
