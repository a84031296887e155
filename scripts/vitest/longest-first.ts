// Files are run by their size, the largest first, so that no long one is left for the end. Some are a line and run for minutes: they
// call a suite that several share, or wait for a cluster, while which the other worker gets on.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of which it is known. */
const LONG = [
  'tests/failpoints-kubernetes.test.ts',
  'tests/failpoints-docker.test.ts',
  'packages/agent/src/executors/kubernetes/kubernetes-executor.test.ts',
  'packages/agent/src/executors/docker/docker-executor.test.ts',
];

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.some((path) => moduleId.endsWith(`/${path}`));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
