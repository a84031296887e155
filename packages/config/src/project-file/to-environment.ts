// One environment with the names that follow from its own.
import {
  type DeclaredText,
  type DockerDeclaration,
  deriveNamespace,
  deriveZone,
  type EnvironmentDeclaration,
  type NotifyDeclaration,
  type SecretsDeclaration,
  type Sizing,
  STANDARD_ZONES,
  type TargetDeclaration,
} from '@towpath/core';
import type { EnvironmentInput } from './environment-schema.ts';
import { findText } from './find-text.ts';
import { toKubernetes } from './to-kubernetes.ts';
import { toOwnership } from './to-ownership.ts';
import type { YamlPath, YamlTree } from './yaml-tree.ts';

/** What is known before the environment is read. */
interface EnvironmentSource {
  readonly project: string;
  readonly name: string;
  readonly position: number;
  readonly input: EnvironmentInput;
  readonly tree: YamlTree;
}

/** Registry of a laptop: resolves to loopback in browsers and Docker without any preparation. */
const LOCAL_REGISTRY = 'registry.localhost';

/** A secret is fetched again after so long: short enough that a rotation reaches the next run, long enough for a flood of attempts. */
const DEFAULT_TTL_SECONDS = 300;
/** While a provider can't be reached its values are used so long: an hour of outage should not stop the night's runs. */
const DEFAULT_MAX_STALE_SECONDS = 3600;

/** The declaration of an environment. */
export function toEnvironment({ project, name, position, input, tree }: EnvironmentSource): EnvironmentDeclaration {
  const path = ['environments', name];
  return {
    name,
    kind: input.kind,
    position,
    executor: input.executor ?? (input.kind === 'local' ? 'process' : undefined),
    docker: toDocker(input),
    kubernetes: toKubernetes(input.kubernetes),
    runnerImage: input.runnerImage,
    registry: input.registry ?? (input.kind === 'local' ? LOCAL_REGISTRY : undefined),
    floatingTags: input.floatingTags ?? [],
    namespace: input.namespace ?? deriveNamespace(project, name),
    stack: input.stack ?? name,
    dbtTarget: input.dbtTarget ?? name,
    values: toValues(input, tree, [...path, 'values']),
    owns: toOwnership(input.owns),
    targets: toTargets(input, tree, [...path, 'targets']),
    zones: toZones(name, input.zones),
    secrets: toSecrets(input, tree, [...path, 'secrets']),
    sizing: toSizing(input.sizing),
    notify: toSinks(input, tree, [...path, 'notify']),
    alerts: { noRunHours: input.alerts?.noRunHours, promotionStuckHours: input.alerts?.promotionStuckHours },
    deploy: input.deploy,
    place: tree.placeOf(path),
  };
}

function toDocker({ docker }: EnvironmentInput): DockerDeclaration {
  return { host: docker?.host, network: docker?.network, ticketVolume: docker?.ticketVolume };
}

function toValues(input: EnvironmentInput, tree: YamlTree, path: YamlPath): ReadonlyMap<string, DeclaredText> {
  const texts = Object.keys(input.values ?? {}).map((name) => [name, findText(tree, [...path, name])] as const);
  return new Map(texts.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
}

function toTargets(input: EnvironmentInput, tree: YamlTree, path: YamlPath): ReadonlyMap<string, TargetDeclaration> {
  return new Map(
    Object.entries(input.targets ?? {}).map(([name, target]): [string, TargetDeclaration] => {
      const place = tree.placeOf([...path, name]);
      if (target.type === 'folder') return [name, { ...target, place }];
      if (target.type === 's3') {
        const { pathStyle } = target;
        return [name, { ...target, pathStyle: pathStyle === undefined ? undefined : String(pathStyle), place }];
      }
      const { user, password, port = 5432 } = target;
      return [name, { ...target, port: String(port), user, password, place }];
    }),
  );
}

function toZones(environment: string, declared: EnvironmentInput['zones'] = {}): ReadonlyMap<string, string> {
  const standard = STANDARD_ZONES.map((zone): [string, string] => [zone, deriveZone(environment, zone)]);
  return new Map([...standard, ...Object.entries(declared)]);
}

function toSecrets({ secrets }: EnvironmentInput, tree: YamlTree, path: YamlPath): SecretsDeclaration | undefined {
  if (secrets === undefined) return undefined;
  const { provider, ttlSeconds, maxStaleSeconds, ...options } = secrets;
  return {
    provider,
    ttlSeconds: ttlSeconds ?? DEFAULT_TTL_SECONDS,
    maxStaleSeconds: maxStaleSeconds ?? DEFAULT_MAX_STALE_SECONDS,
    options,
    place: tree.placeOf(path),
  };
}

function toSizing(input: EnvironmentInput['sizing'] = {}): Sizing {
  const { cpu, memory, workers, retentionDays, zoneRetentionDays, retentionDaily, spot, zones } = input;
  const kept = { retentionDays, zoneRetentionDays, retentionDaily: toTimeOfDay(retentionDaily) };
  return { cpu, memory, workers, ...kept, spot, zones };
}

/** In UTC: what is past by a day more or less does not depend on the hour, so it is one when few people work on data. */
const DEFAULT_RETENTION_TIME = '03:00';

function toTimeOfDay(daily: boolean | string | undefined): string | undefined {
  if (typeof daily !== 'boolean') return daily;
  return daily ? DEFAULT_RETENTION_TIME : undefined;
}

function toSinks({ notify = [] }: EnvironmentInput, tree: YamlTree, path: YamlPath): readonly NotifyDeclaration[] {
  const counts = new Map<string, number>();
  return notify.map((sink, index) => {
    const count = (counts.get(sink.sink) ?? 0) + 1;
    counts.set(sink.sink, count);
    return {
      name: sink.name ?? (count === 1 ? sink.sink : `${sink.sink}-${count}`),
      sink: sink.sink,
      url: sink.url,
      to: sink.to ?? [],
      from: sink.from,
      secret: sink.secret,
      severities: sink.severities ?? ['info', 'warning', 'critical'],
      place: tree.placeOf([...path, index]),
    };
  });
}
