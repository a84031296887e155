// Guards, when a task sets variables itself: what may not stand in an environment's values may not stand above them either.
import type { ConfigProblem } from '../configuration-problem.ts';
import type { VariableDeclaration } from '../declaration.ts';
import type { ResolvedValue } from '../resolved-configuration.ts';
import { checkGuards, type GuardRequest } from './check-guards.ts';
import type { LateText } from './check-late-text.ts';

/** Guards of an environment, with what its variables have come to. */
export interface LateGuardRequest extends GuardRequest {
  readonly variables: ReadonlyMap<string, VariableDeclaration>;
}

/** Problems that come with these texts; what is broken without them is not theirs. */
export function checkLateGuards(request: LateGuardRequest, texts: readonly LateText[]): readonly ConfigProblem[] {
  const before = new Set(checkGuards(request).map(toKey));
  const late = texts.map((text): [string, ResolvedValue] => [text.name, toValue(request, text)]);
  const values = new Map([...request.values, ...late]);
  return checkGuards({ ...request, values }).filter((problem) => !before.has(toKey(problem)));
}

function toValue({ variables }: LateGuardRequest, { name, text, isSecret, place }: LateText): ResolvedValue {
  const declared = variables.get(name);
  return {
    ...{ name, text, place, source: 'process', rules: [], overridden: [], resources: [] },
    type: declared?.type ?? 'string',
    isSecret: isSecret || declared?.isSecret === true,
  };
}

function toKey({ code, rule, variable }: ConfigProblem): string {
  return `${code} ${rule} ${variable}`;
}
