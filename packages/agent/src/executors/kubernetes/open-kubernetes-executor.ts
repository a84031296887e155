// The Kubernetes executor of an agent, from what its environment says. Inside a cluster the agent is its Pod's service account,
// outside whom the kubeconfig names.
import type { BundleSource } from '../bundle-source.ts';
import type { ContainerOptions } from '../container-options.ts';
import type { Executor } from '../executor.ts';
import type { KubernetesSetup } from '../executor-setup.ts';
import { createKubernetesExecutor } from './kubernetes-executor.ts';
import { readKubeconfig } from './read-kubeconfig.ts';
import { readServiceAccount } from './service-account.ts';

export interface KubernetesOptions extends ContainerOptions<KubernetesSetup>, Pick<BundleSource, 'issueToken'> {
  /** As the agent reaches it. */
  readonly serverUrl: string;
}

/** After the end of an attempt was accepted its Job is only there for people. */
const KEEP_ENDED_SECONDS = 3600;

/** Opens it; nothing is asked of the cluster yet. @throws TowpathError when there is no way to a cluster */
export async function openKubernetesExecutor({
  setup,
  limits,
  serverUrl: agentsUrl,
  ...options
}: KubernetesOptions): Promise<Executor> {
  const { access, serverUrl = agentsUrl, authorityFile, ...settings } = setup;
  return await createKubernetesExecutor({
    ...options,
    access:
      access.kind === 'cluster'
        ? await readServiceAccount(access.variables)
        : await readKubeconfig(access.path, access.context),
    bundleSource: { serverUrl, authorityFile, issueToken: options.issueToken },
    settings: {
      ...{ ...settings, ...limits },
      instanceId: options.instanceId,
      keepEndedSeconds: KEEP_ENDED_SECONDS,
    },
  });
}
