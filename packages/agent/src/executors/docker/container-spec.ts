// From the specification of an attempt to what the engine creates. Nothing secret: the engine shows all of it to who asks.
import type { AttemptSpecification } from '../executor.ts';
import type { EntryKind } from './container-entry.ts';
import { toEntrypoint } from './container-entry.ts';
import { CONTAINER_PATHS, MOUNT, PATH_VARIABLES } from './container-paths.ts';

/** Labels by which people and agents find containers. */
export const LABELS = {
  /** Of the agent's state folder: whose container it is. */
  instance: 'dev.towpath.instance',
  attempt: 'dev.towpath.attempt-id',
  run: 'dev.towpath.run-id',
  task: 'dev.towpath.task-id',
  environment: 'dev.towpath.environment',
  /** As it was asked for, and by digest. */
  image: 'dev.towpath.image',
  imageDigest: 'dev.towpath.image-digest',
} as const;

/** What is the same for all containers of an executor. */
export interface ContainerSettings {
  readonly instanceId: string;
  /** Name of a network; the engine's default when not given. */
  readonly network?: string | undefined;
  /** Volume with Kerberos tickets, which every container sees read-only. */
  readonly ticketVolume?: string | undefined;
  /** Virtual CPUs of one container. */
  readonly cpu?: number | undefined;
  readonly memoryMiB?: number | undefined;
}

/** What is known of the image. */
export interface ContainerImage {
  /** Digest or id: what exactly is run. */
  readonly id: string;
  readonly entry: EntryKind;
  /** As it was asked for. */
  readonly reference: string;
  /** Of the manifest in the registry; undefined for an image that was built here and is in none. */
  readonly digest: string | undefined;
}

/** Names follow from the attempt alone, so that "already exists" means "this one". */
export function toContainerName(attemptId: string): string {
  return `towpath-${attemptId}`;
}

const MIB = 1024 * 1024;
const NANOS = 1_000_000_000;

/** Body of `POST /containers/create`. */
export function toContainerSpec(
  specification: AttemptSpecification,
  image: ContainerImage,
  settings: ContainerSettings,
): object {
  const { attemptId, environmentVariables: variables } = specification;
  const labels = { ...toLabels(attemptId, variables, settings), ...toImageLabels(image) };
  return {
    Image: image.id,
    Entrypoint: toEntrypoint(image.entry),
    Cmd: toCommand(specification),
    WorkingDir: CONTAINER_PATHS.work,
    Env: Object.entries({ ...toPlainVariables(specification), ...PATH_VARIABLES }).map(
      ([name, value]) => `${name}=${value}`,
    ),
    Labels: labels,
    HostConfig: {
      ...toLimits(settings),
      NetworkMode: settings.network,
      // Process 1 that forwards TERM and reaps what the command leaves behind.
      Init: true,
      AutoRemove: false,
      RestartPolicy: { Name: 'no' },
      SecurityOpt: ['no-new-privileges:true'],
      ExtraHosts: settings.network === 'host' ? [] : ['host.docker.internal:host-gateway'],
      // Keeps every byte, and is never rotated: the log is read from its beginning when an agent takes over.
      LogConfig: { Type: 'local', Config: { 'max-size': '1000g', 'max-file': '1', compress: 'false' } },
      Mounts: toMounts(attemptId, labels, settings),
    },
  };
}

function toLabels(
  attemptId: string,
  variables: Readonly<Record<string, string>>,
  { instanceId }: ContainerSettings,
): Readonly<Record<string, string>> {
  return {
    [LABELS.instance]: instanceId,
    [LABELS.attempt]: attemptId,
    [LABELS.run]: variables.TOWPATH_RUN_ID ?? '',
    [LABELS.task]: variables.TOWPATH_TASK_ID ?? '',
    [LABELS.environment]: variables.ENVIRONMENT ?? '',
  };
}

function toImageLabels({ reference, digest }: ContainerImage): Readonly<Record<string, string>> {
  return { [LABELS.image]: reference, ...(digest && { [LABELS.imageDigest]: digest }) };
}

/** Commands as they are; a function is run by the task runner, which the archive brings. */
function toCommand({ work }: AttemptSpecification): readonly string[] {
  return work.kind === 'command' ? work.argv : ['node', CONTAINER_PATHS.runner, CONTAINER_PATHS.order];
}

/** Functions get theirs with the order, which is deleted when it was read. */
function toPlainVariables({ work, environmentVariables, secretNames }: AttemptSpecification): Record<string, string> {
  if (work.kind === 'function') return {};
  return Object.fromEntries(Object.entries(environmentVariables).filter(([name]) => !secretNames.has(name)));
}

function toLimits({ cpu, memoryMiB }: ContainerSettings): object {
  return {
    ...(cpu !== undefined && { NanoCpus: Math.round(cpu * NANOS) }),
    // No swap besides: a limit that can be exceeded on disk is none.
    ...(memoryMiB !== undefined && { Memory: memoryMiB * MIB, MemorySwap: memoryMiB * MIB }),
  };
}

function toMounts(
  attemptId: string,
  labels: Readonly<Record<string, string>>,
  { ticketVolume }: ContainerSettings,
): object[] {
  const own = {
    Type: 'volume',
    Source: toContainerName(attemptId),
    Target: MOUNT,
    VolumeOptions: { NoCopy: true, Labels: labels },
  };
  if (ticketVolume === undefined) return [own];
  return [own, { Type: 'volume', Source: ticketVolume, Target: '/krb5/cache', ReadOnly: true }];
}
