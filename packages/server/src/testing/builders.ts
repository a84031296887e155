// Values for tests: the ones that matter are arguments, the rest is plain.
import { type Client, RegisterCode, StartRun } from '@towpath/api';
import type { DatakitGraphTask, Graph, GraphTask } from '@towpath/core';

/** A task that runs `true`, unless told otherwise. */
export function buildTask(id: string, overrides: Partial<DatakitGraphTask> = {}): DatakitGraphTask {
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
    ...overrides,
  };
}

/** A pipeline of these tasks. */
export function buildGraph(pipeline: string, tasks: readonly GraphTask[]): Graph {
  return { schemaVersion: 1, pipeline, description: `The pipeline ${pipeline}`, tasks };
}

/** The body of a good registration. */
export function buildRegistration(graphs: readonly Graph[], name = 'main') {
  return {
    name,
    sourceHash: 'a'.repeat(64),
    pipelines: graphs.map((graph) => ({ sourceFile: `pipelines/${graph.pipeline}.ts`, graph })),
    error: null,
  };
}

/** Registers a pipeline of these tasks in environment `int` and starts a run of it; returns the run's id. */
export async function startRunOf(
  { agent, engineer }: { readonly agent: Client; readonly engineer: Client },
  tasks: readonly GraphTask[],
  pipeline = 'daily',
): Promise<string> {
  // One location per pipeline: a registration replaces all pipelines of its location.
  const body = buildRegistration([buildGraph(pipeline, tasks)], `code-${pipeline}`);
  await agent.call(RegisterCode, { body });
  const run = await engineer.call(StartRun, { body: { pipeline, environment: 'int' } });
  return run.id;
}
