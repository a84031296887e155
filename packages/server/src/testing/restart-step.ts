// An agent starts again, as a command for fast-check.
import { expect } from 'vitest';
import { type EngineModel, endAttempt, listLive, type ModelAttempt, releaseUnbegun } from './engine-model.ts';
import { clientOf, type EngineStep, keyOf, step } from './engine-steps.ts';
import { openSimulatedAgent } from './simulated-agent.ts';

/** The state folders of the two agents. */
export const INSTANCES = ['01890000-0000-7000-8000-00000000000a', '01890000-0000-7000-8000-00000000000b'] as const;

/** The agent starts again and finds on its host what `isFound` says; the rest is lost for sure, or never began. */
export function restart(agent: number, isFound: (at: number) => boolean): EngineStep {
  return step(`agent ${agent} starts again`, async (model, real) => {
    const held = listLive(model, agent);
    const found = held.filter((_, at) => isFound(at));
    // What has not started waits for its turn there, and may still be given back.
    const leftovers = found.map((attempt) => ({
      ...{ ...keyOf(attempt), specHash: attempt.specHash },
      ...(!attempt.hasStarted && { hasBegun: false as const }),
    }));
    const follows = real.agents[agent]?.sessionId;
    const opened = await openSimulatedAgent(clientOf(real, agent), {
      leftovers,
      follows,
      instanceId: INSTANCES[agent],
    });
    expect(opened.refused).toEqual([]);
    const epochs = new Map(opened.adopted.map(({ attemptId, epoch }) => [attemptId, epoch]));
    expect([...epochs.keys()].sort()).toEqual(found.map(({ id }) => id).sort());
    real.agents[agent] = opened;
    for (const attempt of found) {
      expect(epochs.get(attempt.id)).toBe(attempt.epoch + 1);
      attempt.epoch += 1;
      attempt.state = attempt.hasStarted ? 'running' : 'granted';
    }
    for (const attempt of held.filter((one) => !found.includes(one))) endNotFound(model, attempt);
  });
}

/** Three times an agent may end with a task unbegun. */
function endNotFound(model: EngineModel, attempt: ModelAttempt): void {
  const { task, run } = attempt;
  const isLost = attempt.hasStarted || task.lostStarts >= 3;
  if (isLost) endAttempt(attempt, 'errored', null);
  else releaseUnbegun(model, attempt);
  if (!isLost && !run.isCancelRequested) task.lostStarts += 1;
}
