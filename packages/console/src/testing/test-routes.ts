// The contract's routes over a world in memory. Every JSON answer goes through its schema, so fixtures can't drift.
import {
  CancelRun,
  FindRunByNumber,
  GetRun,
  GiveUpAttempt,
  ListEnvironments,
  ListPipelines,
  ListRuns,
  LOG_COMPLETE_HEADER,
  LOG_LENGTH_HEADER,
  ParameterValuesSchema,
  RerunRun,
  type RunDetail,
  StartRun,
} from '@towpath/api';
import { isTerminalRunState, planRerun, resolveParameters, toErrorFacts } from '@towpath/core';
import { z } from 'zod';
import { type Asked, json, type Reply, type Route, start } from './answers.ts';
import { ENGINE_ROUTES } from './engine-routes.ts';
import { runOf, summaryOf, taskOf, type World } from './fixtures.ts';
import { PROMOTION_ROUTES } from './promotion-routes.ts';

const ROUTES: readonly Route[] = [
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
  {
    method: 'GET',
    path: /^\/api\/environments\/[^/]+\/runs\/(\d+)$/,
    answer: (world, _, number) =>
      withRun(world, world.runs.find((run) => run.number === Number(number))?.id ?? '', (run) =>
        json(FindRunByNumber, run),
      ),
  },
  ...ENGINE_ROUTES,
  ...PROMOTION_ROUTES,
  { method: 'GET', path: /^\/api\/attempts\/([^/]+)\/log$/, answer: readLog },
];

// The contract's own, once more: a route does not say in its type whether it has a body.
const StartBody = z.object({
  pipeline: z.string(),
  environment: z.string(),
  parameters: ParameterValuesSchema.optional(),
  note: z.string().optional(),
});
const RerunBody = z.object({
  from: z.enum(['start', 'failed', 'tasks']),
  tasks: z.array(z.string()).optional(),
  note: z.string().optional(),
});

/** Answers one request of a signed-in person. */
export async function answerRoute(world: World, asked: Asked): Promise<Reply> {
  for (const { method, path, answer } of ROUTES) {
    const match = path.exec(asked.url.pathname);
    if (match && method === asked.method) return answer(world, asked, match[1] ?? '');
  }
  return { problem: { status: 404, code: 'ROUTE_MISSING', title: 'There is no such route.' } };
}

function listRuns(world: World, { url }: Asked): Reply {
  const { searchParams: query } = url;
  const limit = Number(query.get('limit') ?? 50);
  const after = Number(query.get('after') ?? Number.POSITIVE_INFINITY);
  const matching = world.runs.filter(
    (run) =>
      run.number < after &&
      (!query.has('state') || run.state === query.get('state')) &&
      (!query.has('trigger') || run.trigger === query.get('trigger')) &&
      (!query.has('pipeline') || run.pipeline === query.get('pipeline')),
  );
  const page = matching.slice(0, limit);
  const next = matching.length > limit ? String(page.at(-1)?.number) : null;
  return json(ListRuns, { runs: page.map(summaryOf), next });
}

function startRun(world: World, { body }: Asked): Reply {
  const { pipeline, environment, parameters = {}, note } = StartBody.parse(body);
  const schemas = world.pipelines.find(({ name }) => name === pipeline)?.parameters ?? {};
  try {
    const resolved = resolveParameters(schemas, parameters);
    const values = Object.fromEntries(Object.entries(parameters).filter(([name]) => Object.hasOwn(resolved, name)));
    return json(StartRun, summaryOf(start(world, { pipeline, environment, parameters: values, note: note ?? null })));
  } catch (thrown) {
    const { code, message: title, cause: detail, fix } = toErrorFacts(thrown);
    return { problem: { status: 400, code, title, detail: detail ?? '', fix: fix ?? '' } };
  }
}

function cancelRun(world: World, _: Asked, id: string): Reply {
  return withRun(world, id, (run) => {
    if (!isTerminalRunState(run.state)) run.isCancelRequested = true;
    return json(CancelRun, summaryOf(run));
  });
}

function rerunRun(world: World, { body }: Asked, id: string): Reply {
  return withRun(world, id, (original) => {
    const { from, tasks: chosen = [], note = null } = RerunBody.parse(body);
    const ended = original.tasks.map((task) => ({ ...task, rule: task.triggerRule }));
    const planned = planRerun(ended, from === 'start' ? ended.map((task) => task.id) : chosen);
    const tasks = planned.map(({ taskId, state, isReused }) => {
      const before = original.tasks.find((task) => task.id === taskId);
      const reusedFromAttemptId = isReused ? (before?.attempts.at(-1)?.id ?? null) : null;
      return { ...taskOf(taskId, state, before?.dependsOn ?? [], []), reusedFromAttemptId };
    });
    const { pipeline, environment, parameters } = original;
    const rerunOf = { id: original.id, number: original.number };
    const number = (world.runs[0]?.number ?? 0) + 1;
    const more = { parameters, note };
    const run = runOf({
      number,
      pipeline,
      environment,
      rerunOf,
      state: 'queued',
      createdAgoMs: 0,
      tookMs: 0,
      tasks,
      more,
    });
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
