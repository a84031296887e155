// The Kubernetes executor of an agent, from what its environment says. Inside a cluster the agent is its Pod's service account,
// outside whom the kubeconfig names.
import type { WantedImage } from '../choose-image.ts';
import type { AttemptSpecification, Executor } from '../executor.ts';
import type { KubernetesSetup } from '../executor-setup.ts';
import { createKubernetesExecutor } from './kubernetes-executor.ts';
import { readKubeconfig } from './read-kubeconfig.ts';
import { readServiceAccount } from './service-account.ts';

export interface OpenKubernetesOptions {
  readonly setup: KubernetesSetup;
  readonly stateFolder: string;
  readonly instanceId: string;
  readonly limits?: { readonly cpu?: number | undefined; readonly memoryMiB?: number | undefined } | undefined;
  readonly taskRunnerEntry?: string | undefined;
  readonly chooseImage: (specification: AttemptSpecification) => WantedImage;
  readonly log: (line: string) => void;
}

/** After the end of an attempt was accepted its Job is only there for people. */
const KEEP_ENDED_SECONDS = 3600;

/** Opens it; nothing is asked of the cluster yet. @throws TowpathError when there is no way to a cluster */
export async function openKubernetesExecutor({ setup, limits, ...options }: OpenKubernetesOptions): Promise<Executor> {
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
