// A variable's text that is known only when an attempt starts: behind a reference, or set by the task itself. What it names must
// be the environment's own like anything else.
import type { ConfigProblem } from '../configuration-problem.ts';
import type { EnvironmentDeclaration, ProjectDeclaration, TargetDeclaration } from '../declaration.ts';
import { variablePrefixOf } from '../derived-names.ts';
import type { Place } from '../place.ts';
import { createOwnershipTable } from '../rules/ownership.ts';
import type { ValueType } from '../value-type.ts';
import { checkOwner } from './check-owner.ts';
import { checkValue, type ValueRules } from './check-value.ts';

/** A text, with the variable whose it will be. */
export interface LateText {
  readonly name: string;
  readonly text: string;
  /** No problem shows any of it, whatever the declaration says. */
  readonly isSecret: boolean;
  readonly place?: Place | undefined;
}

/** What is wrong with it. Of a variable that is neither declared nor about a target nothing is known, and nothing is said. */
export function checkLateText(
  project: ProjectDeclaration,
  environment: EnvironmentDeclaration,
  late: LateText,
): readonly ConfigProblem[] {
  const declared = project.variables.get(late.name);
  const rules = declared ?? findTargetRules(environment, late.name);
  if (rules === undefined) return [];
  const isSecret = late.isSecret || declared?.isSecret === true;
  const given = { ...late, isSecret, type: rules.type, rules: [], resources: [] };
  const { value, problems } = checkValue(rules, given, environment.name);
  const foreign = checkOwner(createOwnershipTable(project), environment, value);
  return foreign === undefined ? problems : [...problems, foreign];
}

/** Variables by which an attempt may be led to another place than its target's declaration says. */
const TARGET_PARTS: Readonly<Record<TargetDeclaration['type'], Readonly<Record<string, ValueType>>>> = {
  postgres: { HOST: 'host', PORT: 'port', DATABASE: 'database' },
  folder: { LOCATION: 'path' },
  s3: { LOCATION: 'bucket', ENDPOINT: 'url' },
};

function findTargetRules({ targets }: EnvironmentDeclaration, name: string): ValueRules | undefined {
  for (const [target, { type }] of targets) {
    const prefix = variablePrefixOf(target);
    const part = name.startsWith(prefix) ? TARGET_PARTS[type][name.slice(prefix.length)] : undefined;
    if (part !== undefined) return { type: part };
  }
  return undefined;
}
