// The contract's routes over a world in memory. Every JSON answer goes through its schema, so fixtures can't drift.
import {
  CancelRun,
  GetRun,
  GiveUpAttempt,
  ListEnvironments,
  ListPipelines,
  ListRuns,
  LOG_COMPLETE_HEADER,
  LOG_LENGTH_HEADER,
  RerunRun,
  type RouteContract,
  type RunDetail,
  StartRun,
} from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import { runOf, summaryOf, taskOf, type World } from './fixtures.ts';

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
}

export interface Reply {
  readonly json?: unknown;
  readonly bytes?: Buffer;
  readonly headers?: Record<string, string>;
  readonly problem?: { status: number; code: string; title: string; detail?: string; fix?: string };
}

type Answer = (world: World, asked: Asked, id: string) => Reply | Promise<Reply>;

const ROUTES: readonly { readonly method: string; readonly path: RegExp; readonly answer: Answer }[] = [
  {
    method: 'GET',
    path: /^\/api\/environments$/,
    answer: (world) => json(ListEnvironments, { environments: world.environments }),
  },
  {
    method: 'GET',
    path: /^\/api\/pipelines$/,
    answer: ({ pipelines, codeLocations }) => json(ListPipelines, { pipelines, codeLocations }),
  },
  { method: 'GET', path: /^\/api\/runs$/, answer: listRuns },
  { method: 'POST', path: /^\/api\/runs$/, answer: startRun },
  {
    method: 'GET',
    path: /^\/api\/runs\/([^/]+)$/,
    answer: (world, _, id) => withRun(world, id, (run) => json(GetRun, run)),
  },
  { method: 'POST', path: /^\/api\/runs\/([^/]+)\/cancel$/, answer: cancelRun },
  { method: 'POST', path: /^\/api\/runs\/([^/]+)\/rerun$/, answer: rerunRun },
  { method: 'POST', path: /^\/api\/attempts\/([^/]+)\/give-up$/, answer: giveUp },
  { method: 'GET', path: /^\/api\/attempts\/([^/]+)\/log$/, answer: readLog },
];

/** Answers one request of a signed-in person. */
export async function answerRoute(world: World, asked: Asked): Promise<Reply> {
  for (const { method, path, answer } of ROUTES) {
    const match = path.exec(asked.url.pathname);
    if (match && method === asked.method) return answer(world, asked, match[1] ?? '');
  }
  return { problem: { status: 404, code: 'ROUTE_MISSING', title: 'There is no such route.' } };
}

function json(route: RouteContract, value: unknown): Reply {
  return { json: route.reply.parse(value) };
}

function listRuns(world: World, { url }: Asked): Reply {
  const { searchParams: query } = url;
  const limit = Number(query.get('limit') ?? 50);
  const after = Number(query.get('after') ?? Number.POSITIVE_INFINITY);
  const matching = world.runs.filter(
    (run) =>
      run.number < after &&
      (!query.has('state') || run.state === query.get('state')) &&
      (!query.has('pipeline') || run.pipeline === query.get('pipeline')),
  );
  const page = matching.slice(0, limit);
  const next = matching.length > limit ? String(page.at(-1)?.number) : null;
  return json(ListRuns, { runs: page.map(summaryOf), next });
}

function startRun(world: World, { body }: Asked): Reply {
  const { pipeline, environment } = parseStart(body);
  const number = (world.runs[0]?.number ?? 0) + 1;
  const run = runOf({
    number,
    pipeline,
    environment,
    state: 'queued',
    createdAgoMs: 0,
    tookMs: 0,
    tasks: [taskOf('load', 'ready', [], [])],
  });
  world.runs.unshift(run);
  return json(StartRun, summaryOf(run));
}

function parseStart(body: unknown): { readonly pipeline: string; readonly environment: string } {
  const { pipeline, environment } = body as { pipeline?: unknown; environment?: unknown };
  return { pipeline: String(pipeline), environment: String(environment) };
}

function cancelRun(world: World, _: Asked, id: string): Reply {
  return withRun(world, id, (run) => {
    if (!isTerminalRunState(run.state)) run.isCancelRequested = true;
    return json(CancelRun, summaryOf(run));
  });
}

function rerunRun(world: World, _: Asked, id: string): Reply {
  return withRun(world, id, (original) => {
    const tasks = original.tasks.map(({ id: taskId, state, dependsOn, attempts }) => {
      const reusedFromAttemptId = state === 'succeeded' ? (attempts.at(-1)?.id ?? null) : null;
      return { ...taskOf(taskId, reusedFromAttemptId ? 'succeeded' : 'ready', dependsOn, []), reusedFromAttemptId };
    });
    const { pipeline, environment } = original;
    const rerunOf = { id: original.id, number: original.number };
    const number = (world.runs[0]?.number ?? 0) + 1;
    const run = runOf({ number, pipeline, environment, rerunOf, state: 'queued', createdAgoMs: 0, tookMs: 0, tasks });
    world.runs.unshift(run);
    return json(RerunRun, summaryOf(run));
  });
}

function giveUp(world: World, _: Asked, id: string): Reply {
  for (const run of world.runs) {
    for (const task of run.tasks) {
      const attempt = task.attempts.find((candidate) => candidate.id === id);
      if (attempt) {
        const reason = { reasonCode: 'GIVEN_UP', reason: 'console gave it up while its agent was silent.' };
        Object.assign(
          attempt,
          { state: 'errored', finishedAt: new Date().toISOString(), givenUpBy: 'console' },
          reason,
        );
        task.state = 'errored';
        return json(GiveUpAttempt, { runId: run.id, taskId: task.id, taskState: task.state });
      }
    }
  }
  return { problem: { status: 404, code: 'ATTEMPT_UNKNOWN', title: `There is no attempt ${id}.` } };
}

function withRun(world: World, id: string, answer: (run: RunDetail) => Reply): Reply {
  const run = world.runs.find((candidate) => candidate.id === id);
  if (run) return answer(run);
  const fix = 'List the runs with `towpath runs`.';
  return { problem: { status: 404, code: 'RUN_MISSING', title: `There is no run ${id}.`, fix } };
}

/** Long polls end after this time here; the real server's wait is longer, and the tests append sooner. */
const LONGEST_WAIT_MS = 1500;

async function readLog(world: World, { url }: Asked, id: string): Promise<Reply> {
  const offset = Number(url.searchParams.get('offset') ?? 0);
  const limit = Number(url.searchParams.get('limit') ?? 1_048_576);
  const deadline = Date.now() + Math.min(Number(url.searchParams.get('waitMs') ?? 0), LONGEST_WAIT_MS);
  const read = (): Buffer => Buffer.from(world.logs.get(id) ?? '', 'utf8');
  const attempts = world.runs.flatMap(({ tasks }) => tasks.flatMap((task) => task.attempts));
  const isComplete = (): boolean => attempts.some((attempt) => attempt.id === id && attempt.finishedAt !== null);
  while (read().length <= offset && !isComplete() && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  const whole = read();
  return {
    bytes: whole.subarray(offset, offset + limit),
    headers: { [LOG_LENGTH_HEADER]: String(whole.length), [LOG_COMPLETE_HEADER]: String(isComplete()) },
  };
}
