import { RerunRun } from '@towpath/api';
import { isTerminalTaskState } from '@towpath/core';
import { expect } from 'vitest';
import { addRerun, type ModelRun, planRerunOf } from './engine-model.ts';
import { type EngineStep, pick, step } from './engine-steps.ts';

/** A person repeats a run, which is refused while it is open, or when there is nothing to repeat. */
export function rerun(at: number, from: 'start' | 'failed' | 'tasks', chosenAt: number): EngineStep {
  return step(`run ${at} is repeated from ${from} ${chosenAt}`, async (model, { t }) => {
    const run = pick(model.runs, at);
    if (!run) return;
    const chosen = chooseTasks(run, from, chosenAt);
    const body = { from, ...(from === 'tasks' && { tasks: [...chosen] }) };
    const asked = t.engineer.call(RerunRun, { params: { runId: run.id }, body });
    const refusal = refusalOf(run, chosen);
    if (refusal !== undefined) await expect(asked).rejects.toMatchObject({ code: refusal });
    else addRerun(model, (await asked).id, run, chosen);
  });
}

function chooseTasks({ tasks }: ModelRun, from: 'start' | 'failed' | 'tasks', at: number): readonly string[] {
  if (from === 'start') return tasks.map(({ plan }) => plan.id);
  const chosen = from === 'tasks' ? pick(tasks, at) : undefined;
  return chosen ? [chosen.plan.id] : [];
}

function refusalOf(run: ModelRun, chosen: readonly string[]): string | undefined {
  if (run.state === 'open') return 'RUN_NOT_ENDED';
  return planRerunOf(run, chosen).every(({ state }) => isTerminalTaskState(state)) ? 'RUN_SUCCEEDED' : undefined;
}
