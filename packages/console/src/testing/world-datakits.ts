// Datakits in four environments: fine, drifted, incompatible, missing, not known, and a report that is old. Core judges, as on the
// server.
import type { DatakitCell, DatakitView, ReportedVersion } from '@towpath/api';
import { describeInventoryAlert, type EnvironmentKind, judgeInventory } from '@towpath/core';
import { ago, HOSTILE_NAMES, LOCAL, uuidOf, type World } from './fixtures.ts';
import { runIdOf, typicalWorld } from './worlds.ts';

const MINUTE = 60_000;
const ENVIRONMENTS = ['local', 'int', 'qa', 'prod'] as const;
type Environment = (typeof ENVIRONMENTS)[number];

const KINDS: Readonly<Record<Environment, EnvironmentKind>> = {
  local: 'local',
  int: 'shared',
  qa: 'shared',
  prod: 'production',
};

/** A digest, made of a word of hexadecimal digits. */
const digestOf = (word: string): string => `sha256:${word.repeat(64).slice(0, 64)}`;

/** One published version. */
function version(text: string, digest: string | null, more: Partial<ReportedVersion> = {}): ReportedVersion {
  return { version: text, digest, label: null, minimumPlatform: null, memoryMiB: null, revision: null, ...more };
}

/** What an environment has of a datakit. */
interface Known {
  readonly versions?: readonly ReportedVersion[];
  readonly named?: readonly string[];
  readonly error?: DatakitCell['error'];
  /** Version and digest of the last attempt. */
  readonly ran?: readonly [string, string | null];
}

const OBSERVED_MINUTES: Readonly<Record<Environment, number>> = { local: 0.2, int: 3, qa: 4, prod: 190 };

function cellsOf(known: Readonly<Partial<Record<Environment, Known>>>): DatakitCell[] {
  const all = ENVIRONMENTS.map((environment) => ({ environment, ...known[environment] }));
  const entries = judgeInventory(all.map(toPresence), '0.1.0');
  return all.map(({ environment, versions = [], named = [], error = null, ran }, at) => ({
    environment,
    kind: KINDS[environment],
    observed: {
      at: ago(OBSERVED_MINUTES[environment] * MINUTE),
      agent: 'one',
      source: environment === 'local' ? 'folder' : 'registry',
      platformVersion: '0.1.0',
    },
    named: [...named],
    newest: versions[0] ?? null,
    versions: versions.map((one) => one.version),
    isBehind: entries[at]?.isBehind ?? false,
    alerts: (entries[at]?.alerts ?? []).map((alert) => ({
      code: alert.code,
      version: alert.version,
      text: describeInventoryAlert(alert),
    })),
    error,
    lastRun: ran ? lastRunOf(environment, ...ran) : null,
  }));
}

function toPresence({ environment, versions, named, error, ran }: Known & { readonly environment: Environment }) {
  return {
    environment,
    kind: KINDS[environment],
    isFolder: environment === 'local',
    versions: error
      ? undefined
      : versions?.map(({ digest, minimumPlatform, ...one }) => ({
          version: one.version,
          digest: digest ?? undefined,
          minimumPlatform: minimumPlatform ?? undefined,
        })),
    named,
    lastRun: ran && { version: ran[0], digest: ran[1] ?? undefined },
  };
}

function lastRunOf(environment: Environment, ran: string, digest: string | null): DatakitCell['lastRun'] {
  return {
    version: ran,
    executor: digest === null ? 'process' : 'docker',
    image: digest === null ? null : { reference: `registry.${environment}.example/datakits/kit:${ran}`, digest },
    runId: runIdOf(40),
    runName: `nightly-${environment} #40`,
    taskId: 'ingest-dbo-orders',
    attemptId: uuidOf(1),
    state: environment === 'qa' ? 'failed' : 'succeeded',
    finishedAt: ago(37 * MINUTE),
  };
}

const A = digestOf('5ca1ab1e');
const B = digestOf('deadbeef');
const UNREACHABLE = {
  code: 'REGISTRY_UNREACHABLE',
  message: 'The registry registry.qa.example does not answer.',
  cause: 'connect ECONNREFUSED 10.0.0.7:443',
  fix: 'Check its address, the network and its certificate.',
};

/** One of each: `files` is fine, `sqlserver-bronze` drifted, `rest` needs a newer Towpath, of `dbt` little is known. */
export function datakitsWorld(): World {
  const fine = { versions: [version('1.2.0', A)], named: ['1.2.0'], ran: ['1.2.0', A] } as const;
  const datakits: DatakitView[] = [
    {
      name: 'dbt',
      environments: cellsOf({
        local: { versions: [version('0.3.0', null)], named: ['0.3.0'], ran: ['0.3.0', null] },
        int: { versions: [version('0.3.0', A), version('0.2.0', B)], named: ['0.2.0', '0.3.0'], ran: ['0.2.0', B] },
        qa: { named: ['0.2.0'], error: UNREACHABLE },
        prod: { versions: [version('0.2.0', B)], named: ['0.1.0'] },
      }),
    },
    { name: 'files', environments: cellsOf({ int: fine, qa: fine, prod: fine }) },
    {
      name: 'rest',
      environments: cellsOf({
        int: { versions: [version('2.0.0', A, { minimumPlatform: '0.9.0' }), version('1.9.0', B)], named: ['2.0.0'] },
        qa: { versions: [version('1.9.0', B)], named: ['1.9.0'], ran: ['1.9.0', B] },
      }),
    },
    {
      name: 'sqlserver-bronze',
      environments: cellsOf({
        local: { versions: [version('1.3.3', null)], named: ['1.3.3'], ran: ['1.3.3', null] },
        int: { versions: [version('1.3.3', A)], named: ['1.3.3'], ran: ['1.3.3', A] },
        qa: { versions: [version('1.3.3', B)], named: ['1.3.3'], ran: ['1.3.3', A] },
        prod: { versions: [version('1.3.3', A)], named: ['1.3.3'], ran: ['1.3.3', A] },
      }),
    },
  ];
  const environments = ENVIRONMENTS.map((name) => ({ ...LOCAL, name, kind: KINDS[name] }));
  return { ...typicalWorld(), environments, datakits };
}

/** Names nobody should have to read, and as many datakits as a project has. */
export function manyDatakitsWorld(): World {
  const names = [
    ...HOSTILE_NAMES,
    ...Array.from({ length: 12 }, (_, at) => `source-${String(at + 1).padStart(2, '0')}`),
  ];
  const cell = { versions: [version('1.2.0-rc.1', A)], named: ['1.2.0-rc.1'], ran: ['1.2.0-rc.1', A] } as const;
  const datakits = names.map((name) => ({ name, environments: cellsOf({ int: cell, qa: cell, prod: cell }) }));
  return { ...datakitsWorld(), datakits };
}
