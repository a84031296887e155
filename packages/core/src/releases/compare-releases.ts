// What one release has that another has not, from their bills alone.
import type { ReleaseBill, ReleasedDatakit } from './release.ts';
import type { ReleasedEnvironment } from './released-declaration.ts';

/** One difference. */
export interface ReleaseDifference {
  readonly kind: 'commit' | 'bundle' | 'pipeline' | 'datakit' | 'pool' | 'configuration' | 'environment' | 'model';
  readonly name: string;
  /** Null: it was not there. */
  readonly before: string | null;
  /** Null: it is there no more. */
  readonly after: string | null;
}

type Parts = Readonly<Record<ReleaseDifference['kind'], ReadonlyMap<string, string>>>;

/** Differences from one bill to another, by kind, then by name; empty for equal bills. */
export function compareReleases(before: ReleaseBill, after: ReleaseBill): readonly ReleaseDifference[] {
  const [old, now] = [toParts(before), toParts(after)];
  return KINDS.flatMap((kind) =>
    [...new Set([...old[kind].keys(), ...now[kind].keys()])].sort().flatMap((name) => {
      const difference = { kind, name, before: old[kind].get(name) ?? null, after: now[kind].get(name) ?? null };
      return difference.before === difference.after ? [] : [difference];
    }),
  );
}

const KINDS = ['commit', 'bundle', 'pipeline', 'datakit', 'pool', 'configuration', 'environment', 'model'] as const;

function toParts(bill: ReleaseBill): Parts {
  return {
    commit: new Map([['git', bill.gitSha]]),
    bundle: new Map(bill.bundleHash === undefined ? [] : [['functions', bill.bundleHash]]),
    pipeline: new Map(bill.pipelines.map(({ name, graphHash }) => [name, graphHash])),
    datakit: new Map(listDatakits(bill)),
    pool: new Map(Object.entries(bill.pools).map(([name, slots]) => [name, String(slots)])),
    configuration: new Map([['variables', bill.configurationHash]]),
    environment: new Map(bill.declaration?.environments.flatMap(toEnvironmentParts)),
    model: new Map(bill.dbt?.models.map(({ name, checksum }) => [name, checksum])),
  };
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
