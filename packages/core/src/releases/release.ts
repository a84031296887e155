// A release: what is promoted, as an immutable bill of materials. Its id is the hash of the bill's canonical JSON, so the same
// content has the same id whoever records it; its version is a name for people. What a project does not have is absent.
import { isExactVersion } from '../datakits/compare-versions.ts';
import type { DatakitReference, Graph } from '../graph/graph.ts';
import type { ReleasedDeclaration } from './released-declaration.ts';

/** Version of the JSON below. */
export const RELEASE_SCHEMA_VERSION = 1;

/** A pipeline of a release, by the hash of its graph. */
export interface ReleasedPipeline {
  readonly name: string;
  readonly sourceFile: string;
  readonly graphHash: string;
}

/** A datakit of a release. */
export interface ReleasedDatakit extends DatakitReference {
  /** `sha256:…` of its image; absent: it had none when the release was recorded, and runs as processes or by its version. */
  readonly digest?: string | undefined;
}

/** A model, snapshot or seed of a dbt project. */
export interface ReleasedDbtModel {
  /** dbt's unique id: `model.shop.orders`. */
  readonly name: string;
  /** Of its file, its configuration and the macros that it uses. */
  readonly checksum: string;
  /** Unique ids of those that it reads. */
  readonly dependsOn: readonly string[];
  /** How it is kept: `table`, `incremental`, …; absent: it was recorded when that was not kept. */
  readonly materialized?: string | undefined;
  /** Its configuration says `full_refresh: false`: dbt keeps its rows whatever is asked for. */
  readonly isNeverRefreshed?: boolean | undefined;
}

/** The dbt project of a release, as its manifest has it. */
export interface ReleasedDbt {
  readonly project: string;
  readonly models: readonly ReleasedDbtModel[];
}

/** All that a release consists of. */
export interface ReleaseBill {
  readonly schemaVersion: typeof RELEASE_SCHEMA_VERSION;
  readonly project: string;
  /** The commit it was built from, in hex. */
  readonly gitSha: string;
  /** SHA-256 (hex) of the code of its TypeScript tasks; absent without them. */
  readonly bundleHash?: string | undefined;
  readonly pipelines: readonly ReleasedPipeline[];
  /** Those that its tasks name. */
  readonly datakits: readonly ReleasedDatakit[];
  /** Pools the project declares, with their slots. */
  readonly pools: Readonly<Record<string, number>>;
  /** SHA-256 (hex) of the variables that the project declares: names, types, defaults, rules. */
  readonly configurationHash: string;
  /** What it declares of variables and environments; absent: it was recorded when that was not kept. */
  readonly declaration?: ReleasedDeclaration | undefined;
  /** Absent: the project declares no dbt project. */
  readonly dbt?: ReleasedDbt | undefined;
}

/** The datakits that tasks name, each once. */
export function listDatakits(graphs: readonly Graph[]): readonly DatakitReference[] {
  const named = graphs.flatMap(({ tasks }) => tasks.flatMap((task) => (task.kind === 'datakit' ? [task.datakit] : [])));
  return [...new Map(named.map(({ name, version }) => [`${name} ${version}`, { name, version }])).values()];
}

/** The same with the digest of each that has an image. */
export function addDigests(
  datakits: readonly DatakitReference[],
  images: readonly ReleasedDatakit[],
): readonly ReleasedDatakit[] {
  const digestOf = new Map(images.map(({ name, version, digest }) => [`${name} ${version}`, digest]));
  return datakits.map(({ name, version }) => {
    const digest = digestOf.get(`${name} ${version}`);
    return digest === undefined ? { name, version } : { name, version, digest };
  });
}

/** The bill with its lists in order, so that the order in which things were found does not make another release. */
export function toOrderedBill(bill: ReleaseBill): ReleaseBill {
  const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);
  const byVersion = (a: DatakitReference, b: DatakitReference) =>
    a.name === b.name ? Number(a.version > b.version) - Number(a.version < b.version) : byName(a, b);
  const dbt = bill.dbt && { ...bill.dbt, models: bill.dbt.models.toSorted(byName) };
  return { ...bill, pipelines: bill.pipelines.toSorted(byName), datakits: bill.datakits.toSorted(byVersion), dbt };
}

/** Why something can't be recorded as a release. */
export interface ReleaseProblem {
  readonly code: 'RELEASE_VERSION_INVALID' | 'CHANGELOG_ENTRY_MISSING' | 'RELEASE_EMPTY' | 'GIT_SHA_INVALID';
  readonly detail: string;
}

/** What is wrong with a release that is about to be recorded; empty: nothing. */
export function findReleaseProblems(
  version: string,
  changelogEntry: string,
  { gitSha, pipelines }: Pick<ReleaseBill, 'gitSha' | 'pipelines'>,
): readonly ReleaseProblem[] {
  const problems: ReleaseProblem[] = [];
  if (!isReleaseVersion(version))
    problems.push({
      code: 'RELEASE_VERSION_INVALID',
      detail: `${JSON.stringify(version)} is no version such as v1.3.3.`,
    });
  if (changelogEntry.trim() === '')
    problems.push({ code: 'CHANGELOG_ENTRY_MISSING', detail: `The changelog says nothing about ${version}.` });
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(gitSha))
    problems.push({ code: 'GIT_SHA_INVALID', detail: `${JSON.stringify(gitSha)} names no commit.` });
  if (pipelines.length === 0) problems.push({ code: 'RELEASE_EMPTY', detail: 'It has no pipeline.' });
  return problems;
}

/** True for `v1.3.3` and `v1.4.0-rc.1`. */
export function isReleaseVersion(text: string): boolean {
  return text.length <= 64 && text.startsWith('v') && !text.includes('+') && isExactVersion(text);
}
