// What all containers of a Pod are made of alike.

/** Kubernetes replaces `$(NAME)` in words and values, and `$$` by `$`. */
export function escapeReferences(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** Who Pods run as; undefined: as their images say. */
export interface RunAs {
  /** Not root. Everything that Pod Security of level `restricted` wants comes with it. */
  readonly runAsUser?: number | undefined;
}

/** `securityContext` of each container. */
export function toContainerSecurity({ runAsUser }: RunAs): object {
  return { allowPrivilegeEscalation: false, ...(runAsUser !== undefined && { capabilities: { drop: ['ALL'] } }) };
}

/** `securityContext` of a Pod. Its volumes are of the user's group, so that it can write to them. */
export function toPodSecurity({ runAsUser }: RunAs): object {
  if (runAsUser === undefined) return {};
  const ids = { runAsUser, runAsGroup: runAsUser, fsGroup: runAsUser };
  return { securityContext: { runAsNonRoot: true, ...ids, seccompProfile: { type: 'RuntimeDefault' } } };
}

/** What a container may use, and asks for. */
export interface Amounts {
  readonly cpu?: number | undefined;
  readonly memoryMiB?: number | undefined;
}

/** Sizing is request and limit. Without it a Pod asks for what its datakit needs, so that it gets a node with room, and has no limit. */
export function toResources(sizing: Amounts, asked: Amounts = {}): object {
  const { cpu = asked.cpu, memoryMiB = asked.memoryMiB } = sizing;
  return { requests: toQuantities({ cpu, memoryMiB }), limits: toQuantities(sizing) };
}

function toQuantities({ cpu, memoryMiB }: Amounts): object {
  return {
    ...(cpu !== undefined && { cpu: `${Math.max(1, Math.round(cpu * 1000))}m` }),
    ...(memoryMiB !== undefined && { memory: `${memoryMiB}Mi` }),
  };
}
