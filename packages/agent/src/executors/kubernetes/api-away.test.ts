// The API server or a node is away for longer than anybody likes to wait: nothing secret stays, and nobody hangs.
import { rm } from 'node:fs/promises';
import { requireKubernetes, waitFor } from '@towpath/testkit';
import { describe, expect, type TestContext, test } from 'vitest';
import { waitForOutput } from '../../testing/attempt-output.ts';
import { specify } from '../../testing/executor-contract.ts';
import {
  type KubernetesSubject,
  openKubernetesSubject,
  type SubjectOptions,
} from '../../testing/kubernetes-subject.ts';
import { exits, SLEEPS } from '../../testing/probes.ts';
import type { ApiAccess } from './api-access.ts';
import { readKubeconfig } from './read-kubeconfig.ts';

const part = requireKubernetes();

/** A port of loopback on which nobody listens. */
const NOBODY = new URL('https://127.0.0.1:1');

async function open({ onTestFinished }: TestContext, options: SubjectOptions): Promise<KubernetesSubject> {
  const subject = await openKubernetesSubject(part, options);
  onTestFinished(() => subject.close());
  return subject;
}

describe.skipIf(part.reason !== undefined).concurrent(`Kubernetes (${part.reason ?? 'which is there'})`, () => {
  test('A25 kubernetes: away for half a minute when an end was accepted: its Secret and its Pod are let go as soon as it is back', async (context) => {
    const admin = await readKubeconfig(part.kubeconfig);
    let isAway = false;
    let refused = 0;
    const access: ApiAccess = {
      ...admin,
      get server() {
        if (isAway) refused += 1;
        return isAway ? NOBODY : admin.server;
      },
    };
    const { executor, folder, kubectl } = await open(context, { access });
    const attempt = await executor.start(await specify('command', exits(0), folder));
    expect(await attempt.ended).toMatchObject({ outcome: 'succeeded' });
    isAway = true;
    const removed = attempt.remove();
    // It pauses for 5 s at most.
    await waitFor('the API server to be asked for half a minute', 90_000, () => refused > 12);
    isAway = false;
    await removed;
    const own = ['--selector', `dev.towpath.attempt-id=${attempt.attemptId}`, '--output', 'json'];
    expect(JSON.parse(await kubectl('get', 'secrets', ...own)).items).toEqual([]);
    const [pod] = JSON.parse(await kubectl('get', 'pods', ...own)).items;
    expect(pod.metadata.finalizers ?? []).not.toContain('towpath.dev/result');
  });

  test('A25 kubernetes: that was away refuses what it allows until it knows its roles again, which is no answer', async (context) => {
    const admin = await readKubeconfig(part.kubeconfig);
    const { kubectl } = await open(context, {});
    const stranger = (await kubectl('create', 'token', 'default')).trim();
    let isAway = false;
    let isForgotten = false;
    let asked = 0;
    const access: ApiAccess = {
      ...admin,
      get server() {
        return isAway ? NOBODY : admin.server;
      },
      // An account without any role stands for roles that were not read yet.
      getCredentials: async () => {
        if (!isForgotten) return await admin.getCredentials(false);
        asked += 1;
        return { token: stranger };
      },
    };
    const { executor, folder } = await open(context, { access });
    const attempt = await executor.start(await specify('command', SLEEPS, folder));
    await waitForOutput(attempt, 'up');
    isAway = true;
    attempt.cancel();
    isForgotten = true;
    await waitFor('it to be asked while it is away', 10_000, () => asked > 0);
    isAway = false;
    await waitFor('it to refuse', 10_000, () => asked > 3);
    isForgotten = false;
    expect(await attempt.ended).toMatchObject({ outcome: 'cancelled' });
  });

  test('A25 kubernetes: what is left of an unknown attempt and can not be deleted keeps no agent from starting, and is said', async (context) => {
    const lines: string[] = [];
    const { executor, folder, kubectl, openNext } = await open(context, {
      executor: { log: (line) => lines.push(line) },
    });
    const attempt = await executor.start(await specify('command', SLEEPS, folder));
    await waitForOutput(attempt, 'up');
    attempt.detach();
    const name = await kubectl(
      'get',
      'pods',
      '--selector',
      `dev.towpath.attempt-id=${attempt.attemptId}`,
      '-o',
      'name',
    );
    const patch = (text: string) => kubectl('patch', name.trim(), '--type', 'json', '--patch', text);
    await patch('[{"op":"add","path":"/metadata/finalizers/-","value":"example.com/held"}]');
    await rm(`${folder}/jobs/${attempt.attemptId}`, { recursive: true, maxRetries: 3 });
    const leftovers = await (await openNext()).listLeftovers();
    await patch('[{"op":"remove","path":"/metadata/finalizers"}]');
    expect(leftovers).toEqual([]);
    expect(lines).toContainEqual(expect.stringContaining(`what is left of attempt ${attempt.attemptId}`));
  });
});
