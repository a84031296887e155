// Computed variables: every name they use is known, and none stands on itself.
import { findNearest } from '../../naming/find-nearest.ts';
import type { ConfigProblem } from '../configuration-problem.ts';
import { createProblem } from '../create-problem.ts';
import type { ProjectDeclaration, VariableDeclaration } from '../declaration.ts';
import { deriveValues } from '../resolve/derive-values.ts';
import { listInputs, parseTemplate } from '../template.ts';

/** Problems of all templates. */
export function checkTemplates({ variables, environments }: ProjectDeclaration): readonly ConfigProblem[] {
  const derived = [...environments.values()].flatMap((environment) =>
    deriveValues(environment).map(({ name }) => name),
  );
  const known = new Set([...variables.keys(), ...derived]);
  const inputs = new Map<string, readonly string[]>();
  const problems: ConfigProblem[] = [];
  for (const variable of variables.values()) {
    if (variable.template === undefined) continue;
    const parts = parseTemplate(variable.template.text);
    if (parts === undefined) problems.push(describe(variable, 'a brace after $ that is not closed, or no name in it'));
    else inputs.set(variable.name, listInputs(parts));
    for (const name of inputs.get(variable.name) ?? []) {
      if (!known.has(name))
        problems.push(describe(variable, `an input ${name}, which is not declared`, findNearest(name, [...known])));
    }
  }
  const inCycle = [...inputs.keys()].filter((name) => reaches(inputs, name, name));
  return [...problems, ...inCycle.flatMap((name) => describeCycle(variables.get(name), inCycle))];
}

// Depth first; a name is visited once, so that long chains and cycles beside it end.
function reaches(inputs: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const waiting = [...(inputs.get(from) ?? [])];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...(inputs.get(name) ?? []));
  }
  return false;
}

function describeCycle(
  variable: VariableDeclaration | undefined,
  inCycle: readonly string[],
): readonly ConfigProblem[] {
  return variable === undefined ? [] : [describe(variable, `itself among its inputs (${inCycle.join(', ')})`)];
}

function describe({ name, template }: VariableDeclaration, what: string, nearest?: string): ConfigProblem {
  return createProblem({
    code: 'TEMPLATE_INVALID',
    variable: name,
    place: template?.place,
    expected: 'names of declared variables',
    received: template?.text,
    message: `${name} has ${what}.`,
    fix: nearest === undefined ? undefined : `Did you mean ${nearest}?`,
  });
}
