// A more important Pod takes the room of an attempt's: the scheduler ends that one, and the attempt says so. Whatever runs on the
// node may be chosen, so this file runs alone.
import { execFileSync } from 'node:child_process';
import { requireKubernetes } from '@towpath/testkit';
import { describe, expect, test } from 'vitest';
import { readOutput, waitForOutput } from '../../testing/attempt-output.ts';
import { specify } from '../../testing/executor-contract.ts';
import { openKubernetesSubject, TEST_NAMESPACE } from '../../testing/kubernetes-subject.ts';
import { ENDS_WHEN_ASKED } from '../../testing/probes.ts';

const part = requireKubernetes();

/** Of the node's processors: two Pods with it find no room. */
const SHARE = 0.6;
const IMPORTANT = 'towpath-test-important';

describe.skipIf(part.reason !== undefined)(`a crowded node (${part.reason ?? 'which is there'})`, () => {
  test('A25 kubernetes: an attempt whose Pod makes room for a more important one is POD_PREEMPTED', async ({
    onTestFinished,
  }) => {
    const cpu = readProcessors() * SHARE;
    const subject = await openKubernetesSubject(part, { settings: { cpu } });
    onTestFinished(async () => {
      kubectl(['delete', '--ignore-not-found', '--wait=false', '--filename', '-'], describeImportant(cpu));
      await subject.close();
    });
    const attempt = await subject.executor.start(await specify('command', ENDS_WHEN_ASKED, subject.folder));
    await waitForOutput(attempt, 'up\n');
    kubectl(['apply', '--filename', '-'], describeImportant(cpu));
    expect(await attempt.ended).toMatchObject({ outcome: 'errored', reasonCode: 'POD_PREEMPTED' });
    expect(await readOutput(attempt)).toContain('up\n');
  });
});

/** `2`, or `1930m`. */
function readProcessors(): number {
  const words = ['get', 'nodes', '--output', 'jsonpath={.items[0].status.allocatable.cpu}'];
  const env = { ...process.env, KUBECONFIG: part.kubeconfig };
  const text = execFileSync(part.kubectl, words, { env, encoding: 'utf8' });
  return text.endsWith('m') ? Number.parseInt(text, 10) / 1000 : Number(text);
}

function kubectl(words: readonly string[], input: string): void {
  const env = { ...process.env, KUBECONFIG: part.kubeconfig };
  execFileSync(part.kubectl, ['--namespace', TEST_NAMESPACE, ...words], {
    input,
    env,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
}

/** A class of priority, and a Pod of it that wants the same room. */
function describeImportant(cpu: number): string {
  const metadata = { name: IMPORTANT };
  const resources = { requests: { cpu: String(cpu) } };
  const container = { name: 'main', image: part.image, imagePullPolicy: 'Never', command: ['sleep', '600'], resources };
  const spec = { priorityClassName: IMPORTANT, terminationGracePeriodSeconds: 0, containers: [container] };
  const items = [
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata, value: 1000 },
    { apiVersion: 'v1', kind: 'Pod', metadata, spec },
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
