// Graphs for tests: the smallest of each, and what a test says of it.
import type { DatakitGraphTask, Graph } from '../graph.ts';

/** A task of a datakit's command. */
export function buildGraphTask(id: string, changes: Partial<DatakitGraphTask> = {}): DatakitGraphTask {
  return {
    id,
    kind: 'datakit',
    datakit: { name: 'shell', version: '1.0.0' },
    argv: ['true'],
    environmentVariables: {},
    dependsOn: [],
    retry: { limit: 0, delaySeconds: 0 },
    timeoutSeconds: 60,
    idempotent: false,
    ...changes,
  };
}

/** A pipeline of these tasks. */
export function buildGraph(tasks: Graph['tasks'], changes: Partial<Graph> = {}): Graph {
  return { schemaVersion: 1, pipeline: 'daily', description: '', tasks, ...changes };
}

/** A schedule of the night. */
export const NIGHTLY = {
  name: 'nightly',
  cron: '0 2 * * *',
  timeZone: 'Europe/London',
  overlap: 'forbid',
  catchUp: 'none',
  maxCatchUp: 1,
  startDeadlineSeconds: null,
  parameters: {},
} as const;
