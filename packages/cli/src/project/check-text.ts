import type { CheckText } from '@towpath/agent';
import { assertUsable, type ConfigurationInputs, evaluateGuard, resolveConfiguration } from '@towpath/config';
import { checkLateGuards, checkLateText } from '@towpath/core';

/** Judges what becomes a variable's text only when an attempt starts: type, pattern, range, whose it is, and guards. */
export function createTextCheck(inputs: ConfigurationInputs): CheckText {
  const { project, environment } = inputs;
  const { guards, variables } = project.declaration;
  const { values } = resolveConfiguration(inputs);
  const variableNames = [...variables.keys()];
  // What the file says besides was judged when the agent started.
  const guarded = {
    environment,
    guards,
    variables,
    variableNames,
    values,
    envFile: new Map(),
    missing: new Set<string>(),
    evaluate: evaluateGuard,
  };
  return (texts) => {
    const problems = texts.flatMap((late) => checkLateText(project.declaration, environment, late));
    assertUsable({ environment, problems: [...problems, ...checkLateGuards(guarded, texts)] });
  };
}
