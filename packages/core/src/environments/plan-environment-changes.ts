// What applying a project's declaration would change, and what about it is refused: an environment is not only a name, runs
// and people rely on what kind it is.
import type { EnvironmentKind } from './environment.ts';

/** An environment as it stands. */
export interface KnownEnvironment {
  readonly name: string;
  readonly kind: EnvironmentKind;
  /** Project that declared it; null: an operator made it known. */
  readonly project: string | null;
  /** Canonical text of all that is declared of it, its place in the order included. */
  readonly declarationText: string;
  /** Or promotions. */
  readonly hasRuns: boolean;
  readonly hasAgents: boolean;
}

/** An environment as it shall be. */
export interface WantedEnvironment {
  readonly name: string;
  readonly kind: EnvironmentKind;
  readonly declarationText: string;
}

/** What a person decided besides the declaration. */
export interface ApplyPolicy {
  readonly project: string;
  /** Environments whose kind may change. */
  readonly kindChanges: readonly string[];
  /** The list is the whole project: what it declared before and does not name now goes. */
  readonly isWhole: boolean;
}

/** One change. */
export interface EnvironmentChange {
  readonly name: string;
  readonly change: 'added' | 'changed' | 'unchanged' | 'withdrawn';
  /** Set when the kind changes. */
  readonly kindBefore?: EnvironmentKind;
}

/** Why a declaration can't be applied. */
export interface ApplyRefusal {
  readonly code: 'ENVIRONMENT_KIND_CHANGED' | 'ENVIRONMENT_IN_USE' | 'ENVIRONMENT_OF_OTHER_PROJECT';
  readonly name: string;
  readonly detail: string;
}

/** All changes, and all refusals together; with a refusal nothing may be applied. */
export interface ApplyPlan {
  readonly changes: readonly EnvironmentChange[];
  readonly refusals: readonly ApplyRefusal[];
}

/** Plans the changes in the order of the declaration, withdrawn ones last. */
export function planEnvironmentChanges(
  known: readonly KnownEnvironment[],
  wanted: readonly WantedEnvironment[],
  policy: ApplyPolicy,
): ApplyPlan {
  const byName = new Map(known.map((environment) => [environment.name, environment]));
  const names = new Set(wanted.map(({ name }) => name));
  const left = known.filter(
    (one) => policy.isWhole && one.project === policy.project && !names.has(one.name) && !isOfLaptop(one),
  );
  return {
    changes: [
      ...wanted.map((environment) => toChange(environment, byName.get(environment.name))),
      ...left.map(({ name }) => ({ name, change: 'withdrawn' as const })),
    ],
    refusals: [
      ...wanted.flatMap((environment) => refuseWanted(environment, byName.get(environment.name), policy)),
      ...left.flatMap(refuseWithdrawal),
    ],
  };
}

// `dev` serves `local` in every project, declared or not. While it is used it stays as it is, and stops nobody's declaration.
function isOfLaptop({ kind, hasRuns, hasAgents }: KnownEnvironment): boolean {
  return kind === 'local' && (hasRuns || hasAgents);
}

function toChange(wanted: WantedEnvironment, known: KnownEnvironment | undefined): EnvironmentChange {
  const { name, kind, declarationText } = wanted;
  if (known === undefined) return { name, change: 'added' };
  if (known.kind !== kind) return { name, change: 'changed', kindBefore: known.kind };
  return { name, change: known.declarationText === declarationText ? 'unchanged' : 'changed' };
}

function refuseWanted(
  { name, kind }: WantedEnvironment,
  known: KnownEnvironment | undefined,
  { project, kindChanges }: ApplyPolicy,
): ApplyRefusal[] {
  if (known === undefined) return [];
  // A laptop's own environment follows the project that runs there, also when that was renamed.
  const isForeign = known.project !== null && known.project !== project && known.kind !== 'local';
  if (isForeign)
    return [{ code: 'ENVIRONMENT_OF_OTHER_PROJECT', name, detail: `It was declared by project ${known.project}.` }];
  if (known.kind === kind || kindChanges.includes(name)) return [];
  return [{ code: 'ENVIRONMENT_KIND_CHANGED', name, detail: `It is ${known.kind} and is declared as ${kind}.` }];
}

function refuseWithdrawal({ name, hasRuns, hasAgents }: KnownEnvironment): ApplyRefusal[] {
  if (!hasRuns && !hasAgents) return [];
  const what = hasRuns ? 'runs or promotions, which would lose where they were' : 'an agent with a credential';
  return [{ code: 'ENVIRONMENT_IN_USE', name, detail: `It is not declared any more and has ${what}.` }];
}
