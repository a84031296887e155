// Values for tests: the ones that matter are arguments, the rest is plain.
import {
  type AttemptGrant,
  type Client,
  type FinishedAttempt,
  OpenSession,
  RegisterCode,
  StartRun,
} from '@towpath/api';
import type { Graph, GraphTask } from '@towpath/core';

/** A task that runs `true`, unless told otherwise. */
export function buildTask(id: string, overrides: Partial<GraphTask> = {}): GraphTask {
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

/** The report of an attempt that ended. */
export function buildFinish(
  { attemptId, epoch }: Pick<AttemptGrant, 'attemptId' | 'epoch'>,
  overrides: Partial<FinishedAttempt> = {},
): FinishedAttempt {
  return {
    attemptId,
    epoch,
    outcome: 'succeeded',
    exitCode: 0,
    reasonCode: null,
    reason: null,
    result: null,
    logLengthBytes: 0,
    ...overrides,
  };
}

/** Opens a session on `host`. */
export async function openSession(agent: Client, overrides: Partial<SessionBody> = {}) {
  return agent.call(OpenSession, {
    body: { host: 'host-1', bootId: 'boot-1', version: '1.2.3', leftovers: [], ...overrides },
  });
}

interface SessionBody {
  readonly host: string;
  readonly bootId: string;
  readonly leftovers: { attemptId: string; epoch: number; specHash: string }[];
}

/** Registers a pipeline of these tasks in environment `int` and starts a run of it; returns the run's id. */
export async function startRunOf(
  { agent, engineer }: { readonly agent: Client; readonly engineer: Client },
  tasks: readonly GraphTask[],
  pipeline = 'daily',
): Promise<string> {
  // One location per pipeline: a registration replaces all pipelines of its location.
  await agent.call(RegisterCode, { body: buildRegistration([buildGraph(pipeline, tasks)], `code-${pipeline}`) });
  const run = await engineer.call(StartRun, { body: { pipeline, environment: 'int' } });
  return run.id;
}
