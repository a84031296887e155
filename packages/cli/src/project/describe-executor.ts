import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AgentOptions, KubernetesSetup } from '@towpath/agent';
import {
  decideExecutor,
  type EnvironmentDeclaration,
  type ExecutorDecision,
  type KubernetesDeclaration,
  parseMemoryMiB,
} from '@towpath/core';

/** What is known beside the declaration. */
export interface ExecutorChoice {
  /** Of `--executor`. */
  readonly flag: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of containers, where the environment declares none. */
  readonly defaultNetwork?: string | undefined;
}

/** What of a declaration says how attempts run. */
export type DescribedEnvironment = Pick<
  EnvironmentDeclaration,
  'name' | 'kind' | 'executor' | 'docker' | 'kubernetes' | 'namespace' | 'registry' | 'runnerImage' | 'floatingTags'
>;

/** Which executor the agent of an environment has, with the rule that decided. @throws TowpathError `EXECUTOR_UNKNOWN` */
export function chooseExecutor(
  environment: Pick<EnvironmentDeclaration, 'executor'>,
  { flag, env }: ExecutorChoice,
): ExecutorDecision {
  const isInCluster = Boolean(env.KUBERNETES_SERVICE_HOST);
  return decideExecutor({ flag, variable: env.TOWPATH_EXECUTOR, declared: environment.executor, isInCluster });
}

/** The same with all that this executor needs, as the declaration and the Docker client's own variables say it. */
export function describeExecutor(environment: DescribedEnvironment, choice: ExecutorChoice): AgentOptions['executor'] {
  const { env, defaultNetwork } = choice;
  const { executor, decidedBy, isDeclared } = chooseExecutor(environment, choice);
  const { docker, kubernetes, namespace, registry, runnerImage, floatingTags, name, kind } = environment;
  return {
    name: executor,
    decidedBy,
    isDeclared,
    images: { registry, runnerImage, floatingTags, environment: name, kind },
    kubernetes: { namespace, ...describeKubernetes(kubernetes, env) },
    docker: {
      host: docker.host ?? env.DOCKER_HOST,
      certificates: env.DOCKER_TLS_VERIFY ? env.DOCKER_CERT_PATH : undefined,
      network: docker.network ?? defaultNetwork,
      ticketVolume: docker.ticketVolume,
      configFolder: env.DOCKER_CONFIG ?? join(homedir(), '.docker'),
    },
  };
}

function describeKubernetes(
  { context, sidecars, ...declared }: KubernetesDeclaration,
  env: ExecutorChoice['env'],
): Omit<KubernetesSetup, 'namespace'> {
  const path = env.KUBECONFIG || join(homedir(), '.kube', 'config');
  return {
    ...declared,
    access: env.KUBERNETES_SERVICE_HOST ? { kind: 'cluster', variables: env } : { kind: 'kubeconfig', path, context },
    authorityFile: env.NODE_EXTRA_CA_CERTS || undefined,
    sidecars: sidecars.map(({ memory, ...sidecar }) => ({
      ...sidecar,
      memoryMiB: memory === undefined ? undefined : parseMemoryMiB(memory),
    })),
  };
}
