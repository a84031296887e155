// Texts of variables that are known only when an attempt starts: behind a reference, or set by the task itself. What they name must
// be the environment's own like anything else.
import type { ConfigProblem } from '../configuration-problem.ts';
import type { EnvironmentDeclaration, ProjectDeclaration, TargetDeclaration } from '../declaration.ts';
import { variablePrefixOf } from '../derived-names.ts';
import type { Place } from '../place.ts';
import { createOwnershipTable } from '../rules/ownership.ts';
import type { ValueType } from '../value-type.ts';
import { checkOwner } from './check-owner.ts';
import { checkValue, type ValueRules } from './check-value.ts';
import { findClientText } from './client-variables.ts';

/** A text, with the variable whose it will be. */
export interface LateText {
  readonly name: string;
  readonly text: string;
  /** No problem shows any of it, whatever the declaration says. */
  readonly isSecret: boolean;
  readonly place?: Place | undefined;
}

/**
 * What is wrong with it. A variable that is neither declared nor about a target is a string, which must not name what another
 * environment owns.
 */
export function checkLateText(
  project: ProjectDeclaration,
  environment: EnvironmentDeclaration,
  late: LateText,
): readonly ConfigProblem[] {
  const declared = project.variables.get(late.name);
  const isSecret = late.isSecret || declared?.isSecret === true;
  const table = createOwnershipTable(project);
  const problems = listJudged(environment, declared, late).flatMap(({ rules, text }) => {
    const given = { ...late, text, isSecret, type: rules.type, rules: [], resources: [] };
    const { value, problems: ofValue } = checkValue(rules, given, environment.name);
    const foreign = checkOwner(table, environment, value);
    return foreign === undefined ? ofValue : [...ofValue, foreign];
  });
  // Declared and about a target: what is wrong both ways is said once.
  return [...new Map(problems.map((problem) => [problem.code, problem])).values()];
}

interface Judged {
  readonly rules: ValueRules;
  readonly text: string;
}

function listJudged(
  environment: EnvironmentDeclaration,
  declared: ValueRules | undefined,
  { name, text }: LateText,
): readonly Judged[] {
  const ofTarget = findTargetRules(environment, name);
  const client = findClientText(name, text);
  const judged: readonly (Judged | undefined)[] = [
    { rules: declared ?? { type: 'string' }, text },
    ofTarget && { rules: ofTarget, text },
    // What is declared has a type of its own; somebody chose it.
    client === undefined || declared !== undefined ? undefined : { rules: client, text: client.text },
  ];
  return judged.filter((one) => one !== undefined);
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
