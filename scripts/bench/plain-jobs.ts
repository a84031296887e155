// The floor of attempts on Kubernetes: as many Jobs of the same image, made by a bare script, as many at a time.

import {
  createKubernetesApi,
  type KubernetesApi,
} from '../../packages/agent/src/executors/kubernetes/kubernetes-api.ts';
import { createPodWatch, type PodWatch } from '../../packages/agent/src/executors/kubernetes/pod-watch.ts';
import { readKubeconfig } from '../../packages/agent/src/executors/kubernetes/read-kubeconfig.ts';
import { TELL } from './fan.ts';

export interface PlainJobs {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly image: string;
  readonly pullSecret: string;
  readonly count: number;
  /** Jobs at a time. */
  readonly width: number;
}

export interface PlainTimes {
  readonly wallSeconds: number;
  /** From the request to the command, ms. */
  readonly starts: readonly number[];
  /** From the command to the news that it is over, ms. */
  readonly ends: readonly number[];
}

const INSTANCE = 'bench-floor';

/** Creates each, waits for its end by one watch for all, and deletes it. */
export async function runPlainJobs(jobs: PlainJobs): Promise<PlainTimes> {
  const { namespace, count, width } = jobs;
  const api = createKubernetesApi(await readKubeconfig(jobs.kubeconfig));
  const pods = createPodWatch({
    api,
    namespace,
    instanceId: INSTANCE,
    onStray: () => undefined,
    log: (line) => console.error(line),
  });
  const starts: number[] = [];
  const ends: number[] = [];
  let begun = 0;
  const startedAt = performance.now();
  const work = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      const name = `floor-${begun}`;
      const askedAt = Date.now();
      const ranAt = await runJob({ api, pods }, jobs, name);
      starts.push(ranAt - askedAt);
      ends.push(Date.now() - ranAt);
      await api.send({ method: 'DELETE', path: toPath(namespace, name), body: { propagationPolicy: 'Background' } });
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  const wallSeconds = (performance.now() - startedAt) / 1000;
  await pods.close();
  api.close();
  return { wallSeconds, starts, ends };
}

function toPath(namespace: string, name = ''): string {
  return `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`.replace(/\/$/, '');
}

/** When its command ran, in ms of the epoch. */
async function runJob(
  { api, pods }: { readonly api: KubernetesApi; readonly pods: PodWatch },
  { namespace, image, pullSecret }: PlainJobs,
  name: string,
): Promise<number> {
  const labels = { 'dev.towpath.instance': INSTANCE, 'dev.towpath.attempt-id': name };
  const command = ['sh', '-c', `${TELL} > /dev/termination-log`];
  const template = {
    metadata: { labels },
    spec: {
      restartPolicy: 'Never',
      imagePullSecrets: [{ name: pullSecret }],
      containers: [{ name: 'task', image, command }],
    },
  };
  const body = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { backoffLimit: 0, template } };
  await api.send({ method: 'POST', path: toPath(namespace), body });
  const { promise, resolve } = Promise.withResolvers<string>();
  const stop = pods.listen(name, (pod) => {
    if (pod?.terminated !== undefined) resolve(pod.terminated.message ?? '');
  });
  const message = await promise.finally(stop);
  return Number(JSON.parse(message).at);
}
