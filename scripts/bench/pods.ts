// (j) What an attempt costs beside its work when it is a Job of Kubernetes: from its grant to its command, from the command to the
// record of its end, and requests to the API server. Beside it the floor: plain Jobs of the same image.
import { requireDocker, requireKubernetes } from '@towpath/testkit';
import { createDatakitImages } from '../../tests/support/datakit-images.ts';
import { LOGIN } from '../../tests/support/kubernetes-agent.ts';
import { createTestNamespace, type TestNamespace } from '../../tests/support/test-namespace.ts';
import { createTestProject } from '../../tests/support/test-project.ts';
import { type CountedApi, openCountedApi } from './counted-api.ts';
import { type FanRun, runFan, WIDTH, writeFan } from './fan.ts';
import { type PlainTimes, runPlainJobs } from './plain-jobs.ts';
import { type BenchRow, summarize } from './rows.ts';

const ATTEMPTS = 500;

/** Measures so many on the cluster of KUBECONFIG; nothing where there is none. */
export async function measurePods(count = ATTEMPTS): Promise<readonly BenchRow[]> {
  const images = createDatakitImages(requireDocker());
  const cluster = requireKubernetes();
  const namespace = createTestNamespace(cluster, images);
  if (namespace.reason !== undefined) {
    console.error(`skipped: ${namespace.reason}`);
    return [];
  }
  const project = createTestProject('bench-pods');
  const { registry } = namespace.executor.images;
  const where = `    namespace: ${namespace.name}\n    kubernetes: { imagePullSecrets: [${LOGIN}] }\n`;
  writeFan(project, `    registry: ${registry}\n${where}`, count);
  try {
    await namespace.create();
    const image = await namespace.publish(await images.build(project, 'bench', '1.0.0'));
    const jobs = { kubeconfig: cluster.kubeconfig, namespace: namespace.name, image, pullSecret: LOGIN };
    const floor = await runPlainJobs({ ...jobs, count, width: WIDTH });
    const api = await openCountedApi(getKubeconfig(namespace));
    const run = await runFan(project, 'kubernetes', { KUBECONFIG: api.kubeconfig }).finally(api.close);
    console.error(`requests: ${JSON.stringify(Object.fromEntries(api.counts))}`);
    return toRows({ count, floor, run, api });
  } finally {
    await namespace.remove();
    project.remove();
  }
}

function getKubeconfig({ executor }: TestNamespace): string {
  const { access } = executor.kubernetes;
  return access.kind === 'kubeconfig' ? access.path : '';
}

interface Measured {
  readonly count: number;
  readonly floor: PlainTimes;
  readonly run: FanRun;
  readonly api: Pick<CountedApi, 'counts'>;
}

function toRows({ count, floor, run, api }: Measured): readonly BenchRow[] {
  const beside = run.attempts.flatMap(({ grantedAt, finishedAt, result }) => {
    const ranAt = Object(result).at;
    if (typeof ranAt !== 'number' || finishedAt === null) return [];
    return [{ start: ranAt - Date.parse(grantedAt), end: Date.parse(finishedAt) - ranAt }];
  });
  const what = `${count} attempts, ${WIDTH} at a time, on Kubernetes`;
  const median = (values: readonly number[]) => summarize({ id: '', what: '', unit: 'ms' }, values).median;
  const start = {
    id: 'pods-start',
    what: `${what}: grant to command`,
    unit: 'ms',
    floor: median(floor.starts),
  } as const;
  const end = { id: 'pods-end', what: `${what}: command to record`, unit: 'ms', floor: median(floor.ends) } as const;
  const wall = {
    id: 'pods-wall',
    what: `${what}: each`,
    unit: 's',
    floor: Number((floor.wallSeconds / count).toPrecision(3)),
  } as const;
  const requests = [...api.counts.values()].reduce((sum, one) => sum + one, 0);
  return [
    summarize(wall, [run.wallSeconds / count]),
    summarize(
      start,
      beside.map((one) => one.start),
    ),
    summarize(
      end,
      beside.map((one) => one.end),
    ),
    summarize({ id: 'pods-requests', what: `${what}: requests to the API server, each`, unit: 'requests' }, [
      requests / count,
    ]),
  ];
}
