// Containers that run beside an attempt (native sidecars, Kubernetes 1.29), and the volume of Kerberos tickets: sidecars write it, the
// attempt reads it. What Secrets a sidecar sees, the attempt does not.
import type { TicketDeclaration } from '@towpath/core';
import { TICKET_FOLDER } from '../container-paths.ts';
import type { SidecarSetup } from '../executor-setup.ts';
import { escapeReferences, type RunAs, toContainerSecurity, toResources } from './container-parts.ts';

export interface SidecarOptions extends RunAs {
  /** Containers that start before the attempt and end after it. */
  readonly sidecars?: readonly SidecarSetup[] | undefined;
  /** Tickets that somebody else keeps fresh: they stand above what sidecars could make. */
  readonly tickets?: TicketDeclaration | undefined;
}

const TICKETS = 'tickets';

/** The native sidecars, in their order. */
export function toSidecars({ sidecars = [], tickets, runAsUser }: SidecarOptions): readonly object[] {
  const mounts = tickets === undefined ? [{ name: TICKETS, mountPath: TICKET_FOLDER }] : [];
  return sidecars.map((sidecar, at) => toSidecar(sidecar, [...mounts, ...toSecretMounts(sidecar, at)], { runAsUser }));
}

/** Asked each second, for two minutes: a database or a KDC that is just restarting. */
const PROBE = { periodSeconds: 1, failureThreshold: 120, timeoutSeconds: 10 };

function toSidecar(
  { name, image, command, args, env, startupProbe, cpu, memoryMiB }: SidecarSetup,
  volumeMounts: readonly object[],
  runAs: RunAs,
): object {
  return {
    ...{ name, image, volumeMounts },
    // What makes it a sidecar: it goes on while the attempt runs, and is ended with it.
    restartPolicy: 'Always',
    ...(command !== undefined && { command: command.map(escapeReferences) }),
    ...(args !== undefined && { args: args.map(escapeReferences) }),
    env: Object.entries(env).map(([key, value]) => ({ name: key, value: escapeReferences(value) })),
    ...(startupProbe !== undefined && { startupProbe: { exec: { command: startupProbe }, ...PROBE } }),
    resources: toResources({ cpu, memoryMiB }),
    securityContext: toContainerSecurity(runAs),
  };
}

function toSecretMounts({ secrets }: SidecarSetup, at: number): readonly object[] {
  return secrets.map(({ mountPath }, nth) => ({ name: toVolumeName(at, nth), mountPath, readOnly: true }));
}

function toVolumeName(sidecar: number, secret: number): string {
  return `sidecar-${sidecar}-secret-${secret}`;
}

/** What sidecars and the attempt mount of it. */
export function toSidecarVolumes({ sidecars = [], tickets }: SidecarOptions): readonly object[] {
  const secrets = sidecars.flatMap((sidecar, at) =>
    sidecar.secrets.map(({ secret }, nth) => ({ name: toVolumeName(at, nth), secret: { secretName: secret } })),
  );
  if (tickets !== undefined) return [{ name: TICKETS, ...toTicketVolume(tickets) }, ...secrets];
  // In memory: what a sidecar makes never reaches a node's disk.
  return sidecars.length === 0 ? [] : [{ name: TICKETS, emptyDir: { medium: 'Memory' } }, ...secrets];
}

function toTicketVolume({ kind, name }: TicketDeclaration): object {
  return kind === 'secret'
    ? { secret: { secretName: name } }
    : { persistentVolumeClaim: { claimName: name, readOnly: true } };
}

/** How the attempt sees the tickets. */
export function toTicketMounts({ sidecars = [], tickets }: SidecarOptions): readonly object[] {
  if (sidecars.length === 0 && tickets === undefined) return [];
  return [{ name: TICKETS, mountPath: TICKET_FOLDER, readOnly: true }];
}
