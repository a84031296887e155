// What a task sets as variables itself stands above the environment's values, so it is judged as they are.
import type { AttemptGrant } from '@towpath/api';
import { type ErrorFacts, type LateText, toErrorFacts } from '@towpath/core';

/** @throws TowpathError when the environment must not use one of these texts; it names all of them */
export type CheckText = (texts: readonly LateText[]) => void;

/** Why an attempt with the variables of its task must not start; undefined: nothing is wrong with them. */
export function findTaskProblem(
  { environmentVariables }: Pick<AttemptGrant, 'environmentVariables'>,
  checkText: CheckText = () => undefined,
): ErrorFacts | undefined {
  try {
    checkText(Object.entries(environmentVariables).map(([name, text]) => ({ name, text, isSecret: false })));
    return undefined;
  } catch (thrown) {
    return {
      ...toErrorFacts(thrown),
      message: 'This environment must not use what the task sets as environmentVariables.',
    };
  }
}
