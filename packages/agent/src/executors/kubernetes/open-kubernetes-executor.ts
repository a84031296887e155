// The Kubernetes executor of an agent, from what its environment says. Inside a cluster the agent is its Pod's service account,
// outside whom the kubeconfig names.
import type { ContainerOptions } from '../container-options.ts';
import type { Executor } from '../executor.ts';
import type { KubernetesSetup } from '../executor-setup.ts';
import { createKubernetesExecutor } from './kubernetes-executor.ts';
import { readKubeconfig } from './read-kubeconfig.ts';
import { readServiceAccount } from './service-account.ts';

/** After the end of an attempt was accepted its Job is only there for people. */
const KEEP_ENDED_SECONDS = 3600;

/** Opens it; nothing is asked of the cluster yet. @throws TowpathError when there is no way to a cluster */
export async function openKubernetesExecutor({
  setup,
  limits,
  ...options
}: ContainerOptions<KubernetesSetup>): Promise<Executor> {
  const { access, namespace, serviceAccount, imagePullSecrets } = setup;
  return await createKubernetesExecutor({
    ...options,
    access:
      access.kind === 'cluster'
        ? await readServiceAccount(access.variables)
        : await readKubeconfig(access.path, access.context),
    settings: {
      ...{ namespace, serviceAccount, imagePullSecrets, ...limits },
      instanceId: options.instanceId,
      keepEndedSeconds: KEEP_ENDED_SECONDS,
    },
  });
}
