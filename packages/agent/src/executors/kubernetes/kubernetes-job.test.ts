// What an attempt looks like in the cluster: document 001, A23.

import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { requireKubernetes, waitFor } from '@towpath/testkit';
import { describe, expect, type TestContext, test } from 'vitest';
import { readOutput, waitForOutput } from '../../testing/attempt-output.ts';
import { specify } from '../../testing/executor-contract.ts';
import {
  type KubernetesSubject,
  openKubernetesSubject,
  type SubjectOptions,
  TEST_NAMESPACE,
} from '../../testing/kubernetes-subject.ts';
import { SLEEPS, script, waitsFor } from '../../testing/probes.ts';
import type { ApiAccess } from './api-access.ts';
import { type JobPlace, listPods } from './jobs.ts';
import { readKubeconfig } from './read-kubeconfig.ts';

const part = requireKubernetes();

async function open({ onTestFinished }: TestContext, options?: SubjectOptions): Promise<KubernetesSubject> {
  const subject = await openKubernetesSubject(part, options);
  onTestFinished(() => subject.close());
  return subject;
}

const HARD = [
  '',
  ' ',
  "it's",
  '"quoted"',
  '$(HOME) $$ $HOME `date`',
  'ä α 日本 🚣',
  'a\nb',
  '\\',
  '*',
  'x'.repeat(100_000),
];

describe
  .skipIf(part.reason !== undefined)
  .concurrent(`a Job on Kubernetes (${part.reason ?? 'which is there'})`, () => {
    test('A23 kubernetes: runs in the namespace of its environment under a name that is valid for any task id', async (context) => {
      const settings = {
        serviceAccount: 'default',
        imagePullSecrets: ['registry-account'],
        cpu: 0.25,
        memoryMiB: 96,
        keepEndedSeconds: 3600,
      };
      const { executor, folder, kubectl } = await open(context, { settings });
      const environmentVariables = {
        ENVIRONMENT: 'int',
        TOWPATH_RUN_ID: randomUUID(),
        TOWPATH_TASK_ID: `Täglich/Übersicht (${'β'.repeat(80)})`,
        DATAKIT_NAME: 'sqlserver-bronze',
      };
      const specification = await specify('command', script('echo "$ENVIRONMENT"'), folder, { environmentVariables });
      const attempt = await executor.start(specification);
      expect((await attempt.ended).outcome).toBe('succeeded');
      expect(await readOutput(attempt)).toBe('int\n');
      expect(attempt.getImage()?.reference).toBe(part.image);
      const jobs = await kubectl(
        'get',
        'jobs',
        '--selector',
        `dev.towpath.attempt-id=${attempt.attemptId}`,
        '-o',
        'json',
      );
      const [job] = JSON.parse(jobs).items;
      expect(job.metadata).toMatchObject({
        namespace: TEST_NAMESPACE,
        name: `ta-glich-u-bersicht-${attempt.attemptId}`,
        labels: {
          'dev.towpath.environment': 'int',
          'dev.towpath.run-id': environmentVariables.TOWPATH_RUN_ID,
          'dev.towpath.task-id': expect.stringMatching(/^[0-9a-f]{32}$/),
          'app.kubernetes.io/managed-by': 'towpath',
        },
        annotations: { 'dev.towpath.task-id': environmentVariables.TOWPATH_TASK_ID },
      });
      expect(job.spec).toMatchObject({ backoffLimit: 0, ttlSecondsAfterFinished: 3600, activeDeadlineSeconds: 1321 });
      expect(job.spec.template.spec).toMatchObject({
        restartPolicy: 'Never',
        automountServiceAccountToken: false,
        serviceAccountName: 'default',
        imagePullSecrets: [{ name: 'registry-account' }],
      });
      const [container] = job.spec.template.spec.containers;
      expect(container).toMatchObject({
        terminationMessagePolicy: 'File',
        securityContext: { allowPrivilegeEscalation: false },
        resources: { limits: { cpu: '250m', memory: '96Mi' }, requests: { cpu: '250m', memory: '96Mi' } },
      });
      expect(container.env).toContainEqual({ name: 'ENVIRONMENT', value: 'int' });
    });

    test('A23 kubernetes: its words reach the command as they are', async (context) => {
      const { executor, folder } = await open(context);
      const print = 'console.log(JSON.stringify([process.argv.slice(1), process.env.HARD]))';
      const attempt = await executor.start(
        await specify('command', SLEEPS, folder, {
          work: { kind: 'command', argv: ['node', '-e', print, ...HARD] },
          environmentVariables: { HARD: HARD.slice(0, -1).join('|') },
        }),
      );
      expect((await attempt.ended).outcome).toBe('succeeded');
      expect(JSON.parse(await readOutput(attempt))).toEqual([HARD, HARD.slice(0, -1).join('|')]);
    });

    test('A23 kubernetes: has its secrets in a Secret that the Job owns, and that is gone when it has ended', async (context) => {
      const { executor, folder, kubectl, place } = await open(context);
      const secret = `hunter-${randomUUID()} $(X) 'ä'`;
      const withSecret = {
        environmentVariables: { PASSWORD: secret, PLAIN: 'plain' },
        secretNames: new Set(['PASSWORD']),
      };
      const list = async (kinds: string, attemptId: string) => {
        const found = await kubectl('get', kinds, '--selector', `dev.towpath.attempt-id=${attemptId}`, '-o', 'json');
        expect(found).not.toContain(secret.slice(0, 20));
        return JSON.parse(found).items;
      };
      const reads = script('echo "$PASSWORD"; while [ ! -e "$TMPDIR/go" ]; do sleep 0.05; done');
      const attempt = await executor.start(await specify('command', reads, folder, withSecret));
      await waitForOutput(attempt, secret);
      const [kept] = await list('secrets', attempt.attemptId);
      expect(kept.metadata.ownerReferences).toMatchObject([{ kind: 'Job', name: kept.metadata.name }]);
      const [pod] = await list('pods', attempt.attemptId);
      await kubectl('exec', pod.metadata.name, '--', 'touch', '/towpath/run/tmp/go');
      expect((await attempt.ended).outcome).toBe('succeeded');
      // Before anybody has accepted its end.
      const noSecret = async () => (await list('secrets', attempt.attemptId)).length === 0;
      await waitFor('its Secret to be gone', 10_000, noSecret);
      await attempt.remove();
      const left = await list('jobs,pods', attempt.attemptId);
      expect(left.map(({ kind }: { kind: string }) => kind)).toEqual(['Job', 'Pod']);
      expect(left[1].metadata.finalizers ?? []).not.toContain('towpath.dev/result');
      // An agent does not meet again what stays for its retention.
      expect(await listPods(place)).toEqual([]);
    });

    test('A25 kubernetes: that Kubernetes starts a second time is ended, before and after its end was accepted', async (context) => {
      const { executor, folder, kubectl, place } = await open(context);
      const attempt = await executor.start(await specify('command', waitsFor('go'), folder));
      await waitForOutput(attempt, 'up');
      const own = ['--selector', `dev.towpath.attempt-id=${attempt.attemptId}`];
      const [{ metadata }] = JSON.parse(await kubectl('get', 'pods', ...own, '-o', 'json')).items;
      await startAgain(place, metadata, 'early');
      const isAlone = async () => (await kubectl('get', 'pods', ...own, '-o', 'name')) === `pod/${metadata.name}\n`;
      await waitFor('the second Pod to be gone', 20_000, isAlone);
      await startAgain(place, metadata, 'late');
      await kubectl('exec', metadata.name, '--', 'touch', '/towpath/run/tmp/go');
      expect(await attempt.ended).toMatchObject({ outcome: 'failed', exitCode: 5 });
      await attempt.remove();
      await waitFor('the late Pod to be gone', 20_000, isAlone);
      await startAgain(place, metadata, 'later');
      await waitFor('the one after the end to be gone', 20_000, isAlone);
    });

    test('A23 kubernetes: that belongs to no attempt of its agent is deleted by the next one', async (context) => {
      const { executor, folder, kubectl, openNext } = await open(context);
      const attempt = await executor.start(await specify('command', SLEEPS, folder));
      await waitForOutput(attempt, 'up');
      attempt.detach();
      // As if the state folder had been cleaned by hand.
      await rm(`${folder}/jobs/${attempt.attemptId}`, { recursive: true, maxRetries: 3 });
      expect(await (await openNext()).listLeftovers()).toEqual([]);
      const selector = ['--selector', `dev.towpath.attempt-id=${attempt.attemptId}`];
      expect(JSON.parse(await kubectl('get', 'jobs,pods', ...selector, '-o', 'json')).items).toEqual([]);
    });

    test('A23 kubernetes: that never ran is no adoption, but starts anew from its grant', async (context) => {
      let image = 'towpath-test/absent:1';
      const patienceMs = { start: 600_000 };
      const { executor, folder, openNext } = await open(context, {
        executor: { chooseImage: () => ({ reference: image }), patienceMs },
        settings: { cpu: 1000 },
      });
      const specification = await specify('command', script('echo here'), folder);
      (await executor.start(specification)).detach();
      await executor.close();
      image = part.image;
      const next = await openNext();
      expect(await next.listLeftovers()).toMatchObject([{ attemptId: specification.attemptId, isStarted: false }]);
      const again = await next.start(specification);
      again.cancel();
      expect(await again.ended).toMatchObject({ outcome: 'cancelled', exitCode: null });
    });

    test('A23 kubernetes: is run by an agent that has the shipped role and nothing more', async (context) => {
      const { kubectl } = await open(context);
      await applyRole(kubectl);
      const token = (await kubectl('create', 'token', 'towpath-agent')).trim();
      const admin = await readKubeconfig(part.kubeconfig);
      const access: ApiAccess = { ...admin, getCredentials: async () => ({ token }) };
      const { executor, folder, openNext } = await open(context, { access });
      const first = await executor.start(await specify('command', script('echo one; exit 3'), folder));
      expect(await first.ended).toMatchObject({ exitCode: 3 });
      expect(await readOutput(first)).toBe('one\n');
      await first.remove();
      const second = await executor.start(await specify('command', SLEEPS, folder));
      await waitForOutput(second, 'up');
      second.cancel();
      expect(await second.ended).toMatchObject({ outcome: 'cancelled', exitCode: 143 });
      second.detach();
      const next = await openNext();
      expect(await next.listLeftovers()).toHaveLength(1);
      await next.discard(second.attemptId);
      await expect(kubectl('get', 'secrets', '--as', accountName())).rejects.toThrow('forbidden');
    });

    test('A23 kubernetes: that its account may not create can not be started, and says why', async (context) => {
      const { kubectl } = await open(context);
      const token = (await kubectl('create', 'token', 'default')).trim();
      const admin = await readKubeconfig(part.kubeconfig);
      const { executor, folder } = await open(context, {
        access: { ...admin, getCredentials: async () => ({ token }) },
      });
      const attempt = await executor.start(await specify('command', SLEEPS, folder));
      expect(await attempt.ended).toMatchObject({
        reasonCode: 'START_FAILED',
        reason: expect.stringContaining('cannot create resource "jobs"'),
      });
      expect(await readOutput(attempt)).toContain('error JOB_REFUSED: ');
    });
  });

/** As the Job controller does; without the Job's own labels, so that it does not end it itself. */
async function startAgain({ api, namespace }: JobPlace, { name, labels }: PodMetadata, suffix: string): Promise<void> {
  const own = Object.fromEntries(Object.entries(labels).filter(([key]) => key.includes('towpath')));
  const metadata = { name: `${name}-${suffix}`, labels: own, finalizers: ['towpath.dev/result'] };
  const containers = [{ name: 'task', image: part.image, command: ['sleep', '1000'] }];
  const body = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { restartPolicy: 'Never', containers } };
  await api.send({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods`, body });
}

interface PodMetadata {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

function accountName(): string {
  return `system:serviceaccount:${TEST_NAMESPACE}:towpath-agent`;
}

async function applyRole(kubectl: KubernetesSubject['kubectl']): Promise<void> {
  const file = new URL('../../../../../deploy/kubernetes/agent/rbac.yaml', import.meta.url);
  expect(await readFile(file, 'utf8')).toContain('kind: Role\n');
  await kubectl('apply', '--filename', file.pathname);
}
