// A part of the local stack as the Docker engine creates it (Engine API 1.41, ContainerCreate).
import { isAbsolute, posix, relative, sep } from 'node:path';
import { PROJECT_FOLDER } from '../platform/build-platform-images.ts';
import { DATA_FOLDER, EVIDENCE_FOLDER, type PartName, PORTS } from './part-config.ts';

/** What all parts of one stack share. */
export interface StackPlace {
  /** Of the state folder: two clones of a project have two stacks. */
  readonly id: string;
  readonly network: string;
  /** Of Towpath, in the engine. */
  readonly image: string;
  readonly projectFolder: string;
  /** Of evidence that somebody writes down; the server alone reads it. */
  readonly evidenceFolder?: string | undefined;
  readonly stateFolder: string;
  /** Of the engine, as the engine's own machine names it. */
  readonly socket: string;
  /** On this machine's loopback. The server listens on the same inside. */
  readonly ports: StackPorts;
}

export interface StackPorts {
  readonly console: number;
  readonly postgres: number;
  readonly mock: number;
  readonly registry: number;
}

/** Label of everything of a stack; its value is the stack's id. */
export const STACK_LABEL = 'dev.towpath.stack';
/** Label of a container: its part. */
export const PART_LABEL = 'dev.towpath.part';

/** `towpath-3f2a9c-server` */
export function toPartName(id: string, part: PartName): string {
  return `towpath-${id}-${part}`;
}

/** `towpath-3f2a9c11` */
export function toNetworkName(id: string): string {
  return `towpath-${id}`;
}

/** Label of a container: the state folder it belongs to, by which it is found when that has gone. */
export const STATE_LABEL = 'dev.towpath.state';

/** The labels of a stack's network and volumes. */
export function toStackLabels(id: string): Readonly<Record<string, string>> {
  return { [STACK_LABEL]: id };
}

/** The body of the request. */
export function toContainerSpec(place: StackPlace, part: PartName): object {
  const published = toPublished(place, part);
  return {
    Image: place.image,
    Cmd: ['part'],
    // These write to volumes, which engines give to root; PostgreSQL itself is handed to another user. Others have no rights.
    User: part === 'mock' ? undefined : '0:0',
    Labels: { ...toStackLabels(place.id), [PART_LABEL]: part, [STATE_LABEL]: place.stateFolder },
    ExposedPorts: Object.fromEntries(published.map(({ inside }) => [`${inside}/tcp`, {}])),
    HostConfig: {
      NetworkMode: place.network,
      PortBindings: Object.fromEntries(
        published.map(({ inside, outside }) => [`${inside}/tcp`, [{ HostIp: '127.0.0.1', HostPort: String(outside) }]]),
      ),
      Mounts: listMounts(place, part),
      RestartPolicy: { Name: 'unless-stopped' },
      // What an attempt's end and a transaction may take.
      ...(part === 'postgres' && { ShmSize: 128 * 1024 * 1024 }),
    },
    StopTimeout: 30,
    NetworkingConfig: { EndpointsConfig: { [place.network]: { Aliases: [part] } } },
  };
}

interface Published {
  readonly inside: number;
  readonly outside: number;
}

function toPublished({ ports }: StackPlace, part: PartName): readonly Published[] {
  switch (part) {
    case 'server':
      return [{ inside: ports.console, outside: ports.console }];
    case 'postgres':
    case 'mock':
    case 'registry':
      return [{ inside: PORTS[part], outside: ports[part] }];
    case 'agent':
      return [];
  }
}

function listMounts(place: StackPlace, part: PartName): readonly object[] {
  if (part === 'mock') return [];
  const data = {
    Type: 'volume',
    Source: toPartName(place.id, part),
    Target: DATA_FOLDER,
    VolumeOptions: { Labels: toStackLabels(place.id) },
  };
  const { evidenceFolder } = place;
  if (part === 'server' && evidenceFolder !== undefined)
    return [data, { Type: 'bind', Source: evidenceFolder, Target: EVIDENCE_FOLDER, ReadOnly: true }];
  if (part !== 'agent') return [data];
  return [
    data,
    { Type: 'bind', Source: place.projectFolder, Target: PROJECT_FOLDER, ReadOnly: true },
    ...hideState(place),
    { Type: 'bind', Source: place.socket, Target: '/var/run/docker.sock' },
  ];
}

/** Passwords and tokens of this machine's user lie there, in the midst of what pipelines see. */
function hideState({ projectFolder, stateFolder }: StackPlace): readonly object[] {
  const path = relative(projectFolder, stateFolder);
  if (path === '' || path.startsWith('..') || isAbsolute(path)) return [];
  return [{ Type: 'tmpfs', Target: posix.join(PROJECT_FOLDER, path.split(sep).join('/')) }];
}
