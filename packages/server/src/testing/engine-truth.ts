// What the server says, compared with what the model says.
import { GetRun, ListPools, type RunDetail } from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import { expect } from 'vitest';
import { countHeld, type EngineModel, type ModelRun, POOL } from './engine-model.ts';
import type { TestServer } from './test-server.ts';

/** Fails where a run, a task, an attempt or the pool is not as the model says. */
export async function verifyModel(model: EngineModel, t: TestServer): Promise<void> {
  const runs = await Promise.all(model.runs.map(({ id }) => t.engineer.call(GetRun, { params: { runId: id } })));
  expect(runs.map(describeReal)).toEqual(model.runs.map((run) => describeModel(model, run)));
  const { pools } = await t.engineer.call(ListPools, { query: {} });
  expect(pools.find(({ name }) => name === POOL)).toMatchObject({ slots: model.poolSlots, held: countHeld(model) });
}

function describeReal({ state, tasks }: RunDetail) {
  return {
    state: isTerminalRunState(state) ? state : 'open',
    tasks: tasks.map((task) => ({
      id: task.id,
      state: task.state,
      attempts: task.attempts.map((attempt) => `${attempt.id} ${attempt.state} ${attempt.epoch}`),
    })),
  };
}

function describeModel({ attempts }: EngineModel, run: ModelRun) {
  return {
    state: run.state,
    tasks: run.tasks.map((task) => ({
      id: task.plan.id,
      state: task.state,
      attempts: attempts
        .filter((attempt) => attempt.task === task)
        .map(({ id, state, epoch }) => `${id} ${state} ${epoch}`),
    })),
  };
}
