import { expect, test } from 'vitest';
import { engineWorld, runIdOf, typicalWorld } from '../../testing/worlds.ts';
import { describePlan, pickDefault, planChoice } from './rerun-choice.ts';

function find(number: number, world = engineWorld()) {
  const run = world.runs.find(({ id }) => id === runIdOf(number));
  if (!run) throw new Error(`the world has no run ${number}`);
  return run;
}

test.each([
  ['failed', 60, [], '4 of 7 tasks run again: call-somebody, part-10, publish, report. 3 keep how they ended.'],
  ['tasks', 59, ['part-10'], '4 of 7 tasks run again: call-somebody, part-10, publish, report. 3 keep how they ended.'],
  ['start', 59, [], 'All 7 tasks run again: call-somebody, list-parts, part-1, part-2, part-10, publish and 1 more.'],
  ['failed', 59, [], 'Nothing to repeat: everything of it succeeded. Choose tasks, or the whole run.'],
] as const)('a re-run (%s of #%d, %j) is told in words', (from, number, taskIds, words) => {
  expect(describePlan(planChoice(find(number), { from, taskIds }))).toBe(words);
});

test('what did not succeed is offered first, else the whole', () => {
  expect(pickDefault(find(41, typicalWorld()))).toBe('failed');
  expect(pickDefault(find(40, typicalWorld()))).toBe('start');
});
