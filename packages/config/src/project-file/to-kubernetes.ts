import type { KubernetesDeclaration, SidecarDeclaration, TicketDeclaration } from '@towpath/core';
import type { KubernetesInput } from './kubernetes-schema.ts';

/** `kubernetes:` of an environment, which may say nothing. */
export function toKubernetes(input: KubernetesInput = {}): KubernetesDeclaration {
  const { context, serviceAccount, imagePullSecrets = [], runAsUser, serverUrl, sidecars = {}, tickets } = input;
  return {
    ...{ context, serviceAccount, imagePullSecrets, runAsUser, serverUrl },
    sidecars: Object.entries(sidecars).map(([name, sidecar]) => toSidecar(name, sidecar)),
    tickets: tickets && toTickets(tickets),
  };
}

type SidecarInput = NonNullable<KubernetesInput['sidecars']>[string];

function toSidecar(name: string, input: SidecarInput): SidecarDeclaration {
  const { image, command, args, env = {}, secrets = {}, startupProbe, cpu, memory } = input;
  return {
    ...{ name, image, command, args, startupProbe, cpu, memory },
    env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)])),
    secrets: Object.entries(secrets).map(([secret, mountPath]) => ({ secret, mountPath })),
  };
}

function toTickets(input: NonNullable<KubernetesInput['tickets']>): TicketDeclaration {
  return 'secret' in input ? { kind: 'secret', name: input.secret } : { kind: 'claim', name: input.claim };
}
