// How a test server answers a request: through the contract's schema, so that fixtures can't drift.
import type { RouteContract, RunDetail } from '@towpath/api';
import { runOf, taskOf, type World } from './fixtures.ts';

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

export type Answer = (world: World, asked: Asked, id: string) => Reply | Promise<Reply>;

export interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly answer: Answer;
}

/** A reply that its contract accepts. */
export function json(route: RouteContract, value: unknown): Reply {
  return { json: route.reply.parse(value) };
}

/** What a new run is made of. */
export interface NewRun {
  readonly pipeline: string;
  readonly environment: string;
  readonly parameters?: RunDetail['parameters'];
  readonly note?: string | null;
}

/** Puts a queued run of one task before the others. */
export function start(world: World, { pipeline, environment, parameters = {}, note = null }: NewRun): RunDetail {
  const number = (world.runs[0]?.number ?? 0) + 1;
  const tasks = [taskOf('load', 'ready', [], [])];
  const more = { parameters, note };
  const run = runOf({ number, pipeline, environment, state: 'queued', createdAgoMs: 0, tookMs: 0, tasks, more });
  world.runs.unshift(run);
  return run;
}
