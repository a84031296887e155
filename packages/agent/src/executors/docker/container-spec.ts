// From the specification of an attempt to what the engine creates. Nothing secret: the engine shows all of it to who asks.
import { toContainerCommand, toPlainVariables } from '../attempt-files.ts';
import { LABELS, toAttemptLabels } from '../attempt-labels.ts';
import { CONTAINER_PATHS, MOUNT, PATH_VARIABLES, TICKET_FOLDER } from '../container-paths.ts';
import type { EntryKind } from '../entry-kind.ts';
import type { AttemptSpecification } from '../executor.ts';
import { toEntrypoint } from './container-entry.ts';

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
  readonly labels: Readonly<Record<string, string>>;
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
  const labels = {
    [LABELS.instance]: settings.instanceId,
    ...toAttemptLabels(attemptId, variables),
    ...toImageLabels(image),
  };
  return {
    Image: image.id,
    Entrypoint: toEntrypoint(image.entry),
    Cmd: toContainerCommand(specification),
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

function toImageLabels({ reference, digest }: ContainerImage): Readonly<Record<string, string>> {
  return { [LABELS.image]: reference, ...(digest && { [LABELS.imageDigest]: digest }) };
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
  return [own, { Type: 'volume', Source: ticketVolume, Target: TICKET_FOLDER, ReadOnly: true }];
}
