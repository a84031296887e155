// What one release has that another has not, from their bills; what a pipeline has, from both its graphs.
import type { ReleaseBill, ReleasedDatakit } from './release.ts';
import type { ReleasedEnvironment, ReleasedVariable } from './released-declaration.ts';

/** What can differ, in the order in which it is told. */
export const DIFFERENCE_KINDS = [
  'commit',
  'bundle',
  'pipeline',
  'task',
  'schedule',
  'datakit',
  'pool',
  'configuration',
  'variable',
  'environment',
  'model',
] as const;

/** One difference. */
export interface ReleaseDifference {
  readonly kind: (typeof DIFFERENCE_KINDS)[number];
  /** Of a task and a schedule after its pipeline's and a slash. */
  readonly name: string;
  /** Null: it was not there. */
  readonly before: string | null;
  /** Null: it is there no more. */
  readonly after: string | null;
}

/** What a kind of difference is called. */
export const DIFFERENCE_WORDS: Readonly<Record<ReleaseDifference['kind'], string>> = {
  commit: 'Commit',
  bundle: 'Code of functions',
  pipeline: 'Pipeline',
  task: 'Task',
  schedule: 'Schedule',
  datakit: 'Datakit',
  pool: 'Pool',
  configuration: 'Variables',
  variable: 'Variable',
  environment: 'Environment',
  model: 'dbt model',
};

/** How something differs. */
export type HowItDiffers = 'added' | 'removed' | 'changed';

/** How it differs. */
export function describeHow({ before, after }: Pick<ReleaseDifference, 'before' | 'after'>): HowItDiffers {
  if (before === null) return 'added';
  return after === null ? 'removed' : 'changed';
}

/** Parts of one kind that differ in the same way. */
export interface DifferenceGroup {
  /** `Pipeline added`. */
  readonly title: string;
  /** None for parts of which there is one. */
  readonly names: readonly string[];
}

/** What one release brings to where the other runs, without the commit: the parts by name. */
export function groupDifferences(differences: readonly ReleaseDifference[]): readonly DifferenceGroup[] {
  const running = differences.filter(({ kind }) => kind !== 'commit');
  const groups = Map.groupBy(running, (one) => `${DIFFERENCE_WORDS[one.kind]} ${describeHow(one)}`);
  return [...groups].map(([title, parts]) => ({
    title,
    names: parts.filter(({ kind }) => kind !== 'bundle' && kind !== 'configuration').map(({ name }) => name),
  }));
}

/** The kinds that a bill knows of. */
type BillKind = Exclude<ReleaseDifference['kind'], 'task' | 'schedule'>;
type Parts = Readonly<Record<BillKind, ReadonlyMap<string, string>>>;

/** Differences from one bill to another, by kind, then by name; empty for equal bills. */
export function compareReleases(before: ReleaseBill, after: ReleaseBill): readonly ReleaseDifference[] {
  const areDeclared = before.declaration !== undefined && after.declaration !== undefined;
  const [old, now] = [toParts(before, areDeclared), toParts(after, areDeclared)];
  return BILL_KINDS.flatMap((kind) =>
    [...new Set([...old[kind].keys(), ...now[kind].keys()])].sort().flatMap((name) => {
      const difference = { kind, name, before: old[kind].get(name) ?? null, after: now[kind].get(name) ?? null };
      return difference.before === difference.after ? [] : [difference];
    }),
  );
}

const BILL_KINDS = DIFFERENCE_KINDS.filter((kind) => kind !== 'task' && kind !== 'schedule');

function toParts(bill: ReleaseBill, areDeclared: boolean): Parts {
  return {
    commit: new Map([['git', bill.gitSha]]),
    bundle: new Map(bill.bundleHash === undefined ? [] : [['functions', bill.bundleHash]]),
    pipeline: new Map(bill.pipelines.map(({ name, graphHash }) => [name, graphHash])),
    datakit: new Map(listDatakits(bill)),
    pool: new Map(Object.entries(bill.pools).map(([name, slots]) => [name, String(slots)])),
    configuration: new Map([['variables', bill.configurationHash]]),
    variable: new Map(areDeclared ? bill.declaration?.variables.map((one) => [one.name, describeVariable(one)]) : []),
    environment: new Map(bill.declaration?.environments.flatMap(toEnvironmentParts)),
    model: new Map(bill.dbt?.models.map(({ name, checksum }) => [name, checksum])),
  };
}

function describeVariable({ type, isSecret, isRequired, isProvided }: ReleasedVariable): string {
  const need = isRequired ? 'must be set' : 'may be set';
  return [type, ...(isSecret ? ['secret'] : []), isProvided ? 'has a value of its own' : need].join(', ');
}

/** What is declared of an environment, each with a name of its own. */
function toEnvironmentParts(environment: ReleasedEnvironment): readonly (readonly [string, string])[] {
  const { name, kind, executor, targets, zones, set, before, differences } = environment;
  return [
    [`${name} kind`, kind],
    [`${name} executor`, executor],
    ...Object.entries(targets).map(([target, type]) => [`${name} targets.${target}`, type] as const),
    ...(zones.length > 0 ? [[`${name} zones`, zones.join(', ')] as const] : []),
    ...(set.length > 0 ? [[`${name} set in the commit`, set.join(', ')] as const] : []),
    ...(differences.length > 0 ? [[`${name} otherwise than ${before}`, differences.join(', ')] as const] : []),
  ];
}

/** A version that was published anew is another content. */
function formatVersion({ version, digest }: ReleasedDatakit): string {
  return digest === undefined ? version : `${version}@${digest}`;
}

// A project may name several versions of one datakit.
function listDatakits({ datakits }: ReleaseBill): readonly (readonly [string, string])[] {
  const names = [...new Set(datakits.map(({ name }) => name))];
  return names.map((name) => {
    const versions = datakits.filter((one) => one.name === name);
    return [name, versions.map(formatVersion).join(', ')];
  });
}
