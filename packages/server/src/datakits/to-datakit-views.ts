// From stored rows to what people see: core judges, nothing is decided here.
import { type DatakitCell, type DatakitView, type LastDatakitRun, ReportedDatakit } from '@towpath/api';
import {
  type DatakitPresence,
  describeInventoryAlert,
  formatRunName,
  type InventoryEntry,
  judgeInventory,
  type PublishedVersion,
} from '@towpath/core';
import type { InventoryRow } from './operations/list-inventory.ts';

/** Rows in the order of datakits, then environments. `platformVersion` is this server's: where no agent said its own. */
export function toDatakitViews(rows: readonly InventoryRow[], platformVersion: string): DatakitView[] {
  return [...Map.groupBy(rows, ({ name }) => name)].map(([name, ofOne]) => {
    const stored = ofOne.map(toStored);
    const entries = judgeInventory(stored.map(toPresence), platformVersion);
    return { name, environments: stored.flatMap((one, at) => toCell(one, entries[at])) };
  });
}

interface Stored {
  readonly row: InventoryRow;
  /** Undefined: no pipeline names it, or nobody has said so. */
  readonly datakit: ReportedDatakit | undefined;
}

/** What an older server stored may lack what has come since; the schema fills it. */
function toStored(row: InventoryRow): Stored {
  return { row, datakit: row.datakit === null ? undefined : ReportedDatakit.parse(row.datakit) };
}

function toPresence({ row, datakit }: Stored): DatakitPresence {
  const { environment, kind } = row;
  return {
    ...{ environment, kind },
    versions: datakit === undefined || datakit.error !== null ? undefined : datakit.versions.map(toPublished),
    isFolder: row.source === 'folder',
    isCut: datakit?.isCut,
    named: datakit?.named,
    lastRun:
      row.attempt_id === null
        ? undefined
        : { version: row.datakit_version, digest: row.execution?.image?.digest ?? undefined },
    platformVersion: row.platform_version ?? undefined,
    memoryMiB: row.memory_mib ?? undefined,
  };
}

function toPublished(reported: ReportedDatakit['versions'][number]): PublishedVersion {
  const { version, digest, label, minimumPlatform, memoryMiB } = reported;
  return {
    version,
    digest: digest ?? undefined,
    label: label ?? undefined,
    minimumPlatform: minimumPlatform ?? undefined,
    memoryMiB: memoryMiB ?? undefined,
  };
}

function toCell({ row, datakit }: Stored, entry: InventoryEntry | undefined): DatakitCell[] {
  if (entry === undefined) return [];
  const { environment, kind, agent, source, observed_at: at, platform_version: platformVersion } = row;
  const versions = datakit?.versions ?? [];
  return [
    {
      ...{ environment, kind },
      observed: at === null ? null : { at, agent, source, platformVersion },
      named: [...(datakit?.named ?? [])],
      newest: versions.find(({ version }) => version === entry.newest?.version) ?? null,
      versions: versions.map(({ version }) => version),
      isBehind: entry.isBehind,
      alerts: entry.alerts.map((alert) => ({
        code: alert.code,
        version: alert.version,
        text: describeInventoryAlert(alert),
      })),
      error: datakit?.error ?? null,
      lastRun: toLastRun(row),
    },
  ];
}

function toLastRun(row: InventoryRow): LastDatakitRun | null {
  if (row.attempt_id === null || row.execution === null) return null;
  const { executor, image } = row.execution;
  return {
    version: row.datakit_version,
    ...{ executor, image },
    runId: row.run_id,
    runName: formatRunName(row.pipeline, row.environment, row.run_number),
    taskId: row.task_id,
    attemptId: row.attempt_id,
    state: row.state,
    finishedAt: row.finished_at,
  };
}
