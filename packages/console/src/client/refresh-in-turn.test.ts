import { expect, test } from 'vitest';
import { refreshInTurn } from './refresh-in-turn.ts';

test('what comes while a question is under way asks once more after it, however often it came', async () => {
  const answers: (() => void)[] = [];
  const ask = () => new Promise<void>((resolve) => answers.push(resolve));
  const done = refreshInTurn('run/1', ask);
  for (let index = 0; index < 100; index += 1) await refreshInTurn('run/1', ask);
  expect(answers).toHaveLength(1);
  answers[0]?.();
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.();
  await done;
  expect(answers).toHaveLength(2);
});

test('a question that failed does not stop the next one', async () => {
  let asked = 0;
  const ask = async () => {
    asked += 1;
    throw new Error('away');
  };
  await refreshInTurn('run/2', ask);
  await refreshInTurn('run/2', ask);
  expect(asked).toBe(2);
});
