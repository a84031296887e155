import type { CheckText } from '@towpath/agent';
import { assertUsable, type ConfigurationInputs } from '@towpath/config';
import { checkLateText } from '@towpath/core';

/** Judges what becomes a variable's text only when an attempt starts: type, pattern, range, and whose it is. */
export function createTextCheck({
  project,
  environment,
}: Pick<ConfigurationInputs, 'project' | 'environment'>): CheckText {
  return (texts) => {
    const problems = texts.flatMap((late) => checkLateText(project.declaration, environment, late));
    assertUsable({ environment, problems });
  };
}
