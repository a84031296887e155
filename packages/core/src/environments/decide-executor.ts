// Which executor runs the attempts of an agent. Names of hosts never decide anything.
import { EXECUTOR_NAMES, type ExecutorName } from '../configuration/declaration.ts';
import { TowpathError } from '../errors/towpath-error.ts';

/** What says something about it, strongest first. */
export interface ExecutorSources {
  /** Of `--executor`. */
  readonly flag?: string | undefined;
  /** Of `TOWPATH_EXECUTOR`. */
  readonly variable?: string | undefined;
  /** Of the environment in `towpath.yaml`. */
  readonly declared?: ExecutorName | undefined;
  /** Kubernetes says so to what runs in it. */
  readonly isInCluster: boolean;
}

/** One source and what it said. */
export interface ExecutorStep {
  readonly rule: string;
  readonly finding: string;
  readonly hasDecided: boolean;
}

export interface ExecutorDecision {
  readonly executor: ExecutorName;
  /** Rule that decided, as `steps` calls it. */
  readonly decidedBy: string;
  readonly steps: readonly ExecutorStep[];
  /** The environment declares this one: its operators mean it, not somebody at a machine of their own. */
  readonly isDeclared: boolean;
}

/** What people and the server are told of a declaration. */
export function formatDeclaredExecutor(declared: ExecutorName | undefined): string {
  return declared ?? 'automatic';
}

/** Decides by flag > `TOWPATH_EXECUTOR` > declaration > facts. @throws TowpathError `EXECUTOR_UNKNOWN` */
export function decideExecutor({ flag, variable, declared, isInCluster }: ExecutorSources): ExecutorDecision {
  const findings: readonly (readonly [rule: string, executor: ExecutorName | undefined, finding: string])[] = [
    ['--executor', parse(flag, '--executor'), flag ?? 'not given'],
    ['TOWPATH_EXECUTOR', parse(variable, 'TOWPATH_EXECUTOR'), variable || 'not set'],
    ["the environment's declaration", declared, declared ?? 'says nothing'],
    ['facts', isInCluster ? 'kubernetes' : 'process', isInCluster ? 'in a Kubernetes cluster' : 'not in a cluster'],
  ];
  const at = findings.findIndex(([, executor]) => executor !== undefined);
  const executor = findings[at]?.[1] ?? 'process';
  const steps = findings.map(([rule, , finding], index) => ({ rule, finding, hasDecided: index === at }));
  return { executor, decidedBy: findings[at]?.[0] ?? 'facts', steps, isDeclared: executor === declared };
}

function parse(text: string | undefined, rule: string): ExecutorName | undefined {
  if (text === undefined || text === '') return undefined;
  const name = EXECUTOR_NAMES.find((known) => known === text);
  if (name !== undefined) return name;
  throw new TowpathError({
    code: 'EXECUTOR_UNKNOWN',
    message: `${rule} says ${JSON.stringify(text.slice(0, 100))}, which is no executor.`,
    fix: `Known: ${EXECUTOR_NAMES.join(', ')}.`,
  });
}
