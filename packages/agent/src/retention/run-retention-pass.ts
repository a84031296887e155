// One pass: everything of the environment that is past is deleted, where the marker says that it is the environment's, and the
// audit is told what went.
import { MAX_DELETED_NAMES, type RetentionEntry } from '@towpath/api';
import type { ConfigurationInputs } from '@towpath/config';
import { type ErrorFacts, formatEnvironmentTag, formatErrorLines, toErrorFacts } from '@towpath/core';
import type { AgentAudit } from '../audit/agent-audit.ts';
import type { ResolveText } from '../notify/notification-sink.ts';
import { cleanText } from '../session/wire-text.ts';
import type { DailyClock } from './daily-clock.ts';
import { settleEnvironment } from './settle-environment.ts';
import type { ZoneReport } from './settle-zone.ts';

/** What a pass works with. */
export interface RetentionPassOptions {
  readonly environment: string;
  readonly audit: Pick<AgentAudit, 'keepRetention'>;
  readonly clock: DailyClock;
  readonly log: (line: string) => void;
  /** Ends it; a pass that goes on stops before the next place. */
  readonly signal: AbortSignal;
  readonly resolveText: ResolveText;
  /** Reads the declaration of an environment anew; undefined: it is not declared. @throws TowpathError when it can't be read */
  readonly read: (environment: string) => ConfigurationInputs | undefined;
}

/** Longest text the API takes; keys of S3 have at most as many bytes. */
const MAX_NAME_CHARACTERS = 1024;

interface PassEnd {
  readonly zones: readonly ZoneReport[];
  readonly error: ErrorFacts | null;
}

/**
 * Deletes, logs and keeps the entry. What fails is in the entry, and the server tells people.
 *
 * @throws TowpathError when the entry can't be kept
 */
export async function runRetentionPass(
  options: RetentionPassOptions,
  pass: Pick<RetentionEntry, 'sessionId' | 'dueAt'>,
): Promise<void> {
  const { audit, signal } = options;
  const { zones, error } = await settleAll(options);
  const first = error ?? zones.find((zone) => zone.error !== null)?.error ?? null;
  for (const zone of zones) logZone(options, zone);
  if (error !== null) options.log(formatErrorLines(error));
  const isFinished = !(signal.aborted && first !== null);
  await audit.keepRetention({ ...pass, zones: zones.map(toEntryZone), code: first?.code ?? null, isFinished });
}

async function settleAll({ read, environment, clock, resolveText, signal }: RetentionPassOptions): Promise<PassEnd> {
  try {
    const inputs = read(environment);
    if (inputs === undefined) return { zones: [], error: null };
    const how = { apply: true, isMarkerRequired: true };
    const { zones } = await settleEnvironment({ ...inputs, ...how, now: clock.now(), resolveText, signal });
    return { zones, error: null };
  } catch (thrown) {
    return { zones: [], error: toErrorFacts(thrown) };
  }
}

function logZone({ environment, log }: RetentionPassOptions, { zone, retentionDays, count, error }: ZoneReport): void {
  log(`${formatEnvironmentTag(environment)} retention: ${zone}, kept for ${retentionDays} days: ${count} deleted`);
  if (error !== null) log(formatErrorLines(error));
}

/** A folder may have held millions of objects: the audit has their number and the names of the oldest. */
function toEntryZone({ zone, retentionDays, cutoff, data, count, error }: ZoneReport): RetentionEntry['zones'][number] {
  const targets = [...Map.groupBy(data, ({ target }) => target)].map(([target, deleted]) => ({
    target,
    names: deleted.slice(0, MAX_DELETED_NAMES).map(({ name }) => cleanText(name, MAX_NAME_CHARACTERS)),
  }));
  return { zone, retentionDays, cutoff: cutoff.toISOString(), count, targets, code: error?.code ?? null };
}
