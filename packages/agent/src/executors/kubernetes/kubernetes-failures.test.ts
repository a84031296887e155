// How attempts end that the cluster does not let end by themselves: document 001, A25.
import { requireKubernetes, startTcpProxy, waitFor } from '@towpath/testkit';
import { describe, expect, type TestContext, test } from 'vitest';
import { readOutput, waitForOutput } from '../../testing/attempt-output.ts';
import { specify } from '../../testing/executor-contract.ts';
import {
  type KubernetesSubject,
  openKubernetesSubject,
  type SubjectOptions,
} from '../../testing/kubernetes-subject.ts';
import { ENDS_WHEN_ASKED, exits, type Probe, SLEEPS, script } from '../../testing/probes.ts';
import type { AttemptSpecification, HeldAttempt } from '../executor.ts';
import { discardJob } from './discard-job.ts';
import { listJobs, listPods } from './jobs.ts';
import { readKubeconfig } from './read-kubeconfig.ts';

const part = requireKubernetes();

async function open({ onTestFinished }: TestContext, options?: SubjectOptions): Promise<KubernetesSubject> {
  const subject = await openKubernetesSubject(part, options);
  onTestFinished(() => subject.close());
  return subject;
}

async function start(
  { executor, folder }: KubernetesSubject,
  probe: Probe,
  more: Partial<AttemptSpecification> = {},
): Promise<HeldAttempt> {
  return await executor.start(await specify('command', probe, folder, more));
}

/** Short, but enough for a kubelet of a busy machine to begin. */
const START_PATIENCE_MS = 8_000;

/** Runs from an image that is asked for by this name. */
function fromImage(reference: string, more: SubjectOptions = {}): SubjectOptions {
  return { ...more, executor: { chooseImage: () => ({ reference }), patienceMs: { start: START_PATIENCE_MS } } };
}

const FAILED_START = { outcome: 'errored', exitCode: null, reasonCode: 'START_FAILED' };

describe
  .skipIf(part.reason !== undefined)
  .concurrent(`an attempt on Kubernetes (${part.reason ?? 'which is there'})`, () => {
    test('A25 kubernetes: that needs more memory than it may use is out of memory', async (context) => {
      const subject = await open(context, { settings: { memoryMiB: 96 } });
      const grow = 'const kept = []; for (;;) kept.push(Buffer.alloc(8 << 20, 1));';
      const attempt = await start(subject, script(`exec node -e '${grow}'`));
      expect(await attempt.ended).toMatchObject({
        outcome: 'failed',
        exitCode: 137,
        reasonCode: 'OUT_OF_MEMORY',
        reason: expect.stringContaining('96Mi'),
      });
    });

    test('A25 kubernetes: without a node for it ends with the words of the scheduler', async (context) => {
      const subject = await open(context, { settings: { cpu: 1000 }, executor: { patienceMs: { scheduling: 1000 } } });
      const attempt = await start(subject, SLEEPS);
      expect(await attempt.ended).toMatchObject({
        ...FAILED_START,
        reason: expect.stringContaining('Insufficient cpu'),
      });
      expect(await readOutput(attempt)).toContain('error POD_UNSCHEDULABLE: ');
      expect(await listJobs(subject.place)).toEqual([]);
    });

    test('A25 kubernetes: whose registry can not be reached ends when its patience is over', async (context) => {
      const subject = await open(context, fromImage('towpath-test.invalid/absent:1'));
      const attempt = await start(subject, SLEEPS);
      expect(await attempt.ended).toMatchObject(FAILED_START);
      expect(await readOutput(attempt)).toContain('error IMAGE_PULL_FAILED: ');
    });

    test('A25 kubernetes: whose registry wants an account that it has not, and one that has it but not the image', async (context) => {
      const { registry } = part;
      if (registry === undefined) return context.skip('TOWPATH_TEST_KUBERNETES_REGISTRY names no registry');
      const image = `${registry.host}/datakits/absent:1`;
      const stranger = await open(context, fromImage(image));
      const secret = `account-${Date.now()}`;
      const words = [`--docker-server=${registry.host}`, `--docker-username=${registry.username}`];
      await stranger.kubectl(
        'create',
        'secret',
        'docker-registry',
        secret,
        ...words,
        `--docker-password=${registry.password}`,
      );
      context.onTestFinished(async () => void (await stranger.kubectl('delete', 'secret', secret)));
      const member = await open(context, fromImage(image, { settings: { imagePullSecrets: [secret] } }));
      const attempts = [await start(stranger, SLEEPS), await start(member, SLEEPS)];
      for (const attempt of attempts) expect(await attempt.ended).toMatchObject(FAILED_START);
      const outputs = await Promise.all(attempts.map(readOutput));
      expect(outputs[0]).toContain('error IMAGE_PULL_UNAUTHORISED: ');
      expect(outputs[1]).toContain('error IMAGE_MISSING: ');
    });

    test('A25 kubernetes: whose Pod the namespace does not allow says why', async (context) => {
      const subject = await open(context, {
        settings: { serviceAccount: 'nobody' },
        executor: { patienceMs: { start: START_PATIENCE_MS } },
      });
      const attempt = await start(subject, SLEEPS);
      expect(await attempt.ended).toMatchObject({
        ...FAILED_START,
        reason: expect.stringContaining('"nobody" not found'),
      });
    });

    test('A25 kubernetes: whose parameters are larger than a Secret can not be started', async (context) => {
      const attempt = await start(await open(context), SLEEPS, { parameters: { text: 'x'.repeat(1 << 20) } });
      expect(await attempt.ended).toMatchObject(FAILED_START);
      expect(await readOutput(attempt)).toContain('error ATTEMPT_FILES_TOO_LARGE: ');
    });

    test('A25 kubernetes: whose image has no such command could not be started, and one that exits with 127 failed', async (context) => {
      const subject = await open(context);
      const work = { kind: 'command', argv: ['no-such-command'] } as const;
      const [absent, present] = [await start(subject, SLEEPS, { work }), await start(subject, exits(127))];
      expect(await absent?.ended).toMatchObject(FAILED_START);
      expect(await readOutput(absent)).toContain('error COMMAND_MISSING: The image has no command "no-such-command".');
      expect(await present.ended).toMatchObject({ outcome: 'failed', exitCode: 127, reasonCode: 'EXIT_CODE' });
    });

    test('A25 kubernetes: that is cancelled before it runs never does, and leaves nothing', async (context) => {
      const subject = await open(context, { settings: { cpu: 1000 } });
      const waiting = await start(subject, SLEEPS);
      await waitFor('a Pod without a node', 10_000, async () => (await listPods(subject.place)).length === 1);
      waiting.cancel();
      const atOnce = await start(subject, SLEEPS);
      atOnce.cancel();
      for (const attempt of [waiting, atOnce])
        expect(await attempt.ended).toMatchObject({ outcome: 'cancelled', exitCode: null, reasonCode: 'CANCELLED' });
      expect(await listPods(subject.place)).toEqual([]);
      expect(await listJobs(subject.place)).toEqual([]);
    });

    test('A25 kubernetes: that is cancelled after its end keeps it', async (context) => {
      const attempt = await start(await open(context), exits(4));
      await attempt.ended;
      attempt.cancel();
      expect(await attempt.ended).toMatchObject({ outcome: 'failed', exitCode: 4 });
    });

    test('A25 kubernetes: whose Pod somebody deletes says so, and its log is whole', async (context) => {
      const subject = await open(context);
      const attempt = await start(subject, ENDS_WHEN_ASKED);
      await waitForOutput(attempt, 'up');
      const [pod] = await listPods(subject.place);
      await subject.kubectl('delete', 'pod', pod?.name ?? '', '--wait=false');
      expect(await attempt.ended).toMatchObject({ outcome: 'errored', exitCode: null, reasonCode: 'POD_DELETED' });
      expect(await readOutput(attempt)).toMatch(/^up\n(Terminated\n)?cleaned\n$/);
    });

    test('A25 kubernetes: that is evicted says so, with the words of the cluster', async (context) => {
      const subject = await open(context);
      const attempt = await start(subject, ENDS_WHEN_ASKED);
      await waitForOutput(attempt, 'up');
      const [pod] = await listPods(subject.place);
      const { name = '' } = pod ?? {};
      const { namespace } = subject.place;
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
      await subject.place.api.send({ method: 'POST', path, body });
      expect(await attempt.ended).toMatchObject({
        ...{ outcome: 'errored', exitCode: null, reasonCode: 'POD_EVICTED' },
        reason: expect.stringMatching(/^Kubernetes evicted its Pod\. .*evict/i),
      });
    });

    test('A25 kubernetes: of which nothing is left for the next agent is lost', async (context) => {
      const subject = await open(context);
      const attempt = await start(subject, SLEEPS);
      await waitForOutput(attempt, 'up');
      attempt.detach();
      await discardJob(subject.place, attempt.attemptId);
      const next = await subject.openNext();
      expect(await next.listLeftovers()).toMatchObject([{ isStarted: true }]);
      const adopted = await next.adopt(attempt.attemptId, 2);
      expect(await adopted.ended).toMatchObject({ outcome: 'errored', exitCode: null, reasonCode: 'POD_LOST' });
      expect(await readOutput(adopted)).toBe('up\n');
      await adopted.remove();
    });

    test('A25 kubernetes: whose Job Kubernetes ends for its time was timed out', async (context) => {
      const subject = await open(context);
      const attempt = await start(subject, SLEEPS);
      await waitForOutput(attempt, 'up');
      const [job] = await listJobs(subject.place);
      const patch = JSON.stringify({ spec: { activeDeadlineSeconds: 1 } });
      await subject.kubectl('patch', 'job', job?.name ?? '', '--patch', patch);
      expect(await attempt.ended).toMatchObject({ outcome: 'failed', reasonCode: 'TIMED_OUT' });
    });

    test('A25 kubernetes: has every byte of its log once and its exit code, however often connections break', async (context) => {
      const admin = await readKubeconfig(part.kubeconfig);
      const target = { host: admin.server.hostname, port: Number(admin.server.port) };
      // A handshake has some 3 kB, a Pod 8, the log 32: some break before anything was said, others in the middle of a word.
      const lengths = [2_000, 5_000, 9_000, 14_000, 22_000, 40_000];
      let connections = 0;
      const proxy = await startTcpProxy({
        target: () => target,
        cut: () => ({ direction: 'to-client', afterBytes: lengths[connections++ % lengths.length] ?? 0 }),
      });
      context.onTestFinished(() => proxy.close());
      const server = new URL(`https://127.0.0.1:${proxy.port}`);
      const access = { ...admin, server, tls: { ...admin.tls, servername: 'kubernetes' } };
      const subject = await open(context, { access });
      const lines = 'i=0; while [ $i -lt 400 ]; do i=$((i + 1)); echo "line $i ä"; sleep 0.01; done; exit 9';
      const attempt = await start(subject, script(lines));
      expect(await attempt.ended).toMatchObject({ exitCode: 9 });
      const expected = Array.from({ length: 400 }, (_, at) => `line ${at + 1} ä\n`).join('');
      expect(await readOutput(attempt)).toBe(expected);
      expect(proxy.cuts()).toBeGreaterThan(2);
    });

    test('A25 kubernetes: whose log was rotated while nobody read it says that some is lost', {
      timeout: 120_000,
    }, async (context) => {
      const subject = await open(context);
      // Beyond the 10 MiB after which a kubelet rotates, which it looks at every ten seconds. Each line tells its second.
      const write =
        'for (let i = 0; i < 2048; i++) require("node:fs").writeSync(1, process.argv[1].padEnd(1023) + "\\n");';
      const flood = `echo up; for second in $(seq 28); do node -e '${write}' $second; sleep 1; done; echo last`;
      const first = await start(subject, script(flood));
      await waitForOutput(first, 'up');
      first.detach();
      const next = await subject.openNext();
      await subject.assertNothingRuns(60_000);
      const adopted = await next.adopt(first.attemptId, 2);
      expect(await adopted.ended).toMatchObject({ outcome: 'succeeded' });
      const bytes = await adopted.log.read(0, 1 << 27);
      const lines = Buffer.from(bytes).toString('utf8').split('\n');
      expect(lines.slice(-2)).toEqual(['last', '']);
      const gap = lines.findIndex((line) => line.startsWith('[TOWPATH]'));
      expect(lines[gap]).toMatch(
        /^\[TOWPATH\] an unknown number of bytes of output lost, perhaps none: the log of its Pod was rotated between \S+ and \S+$/,
      );
      // Nothing is missing but there: behind it all lines follow, from within some second on.
      const seconds = lines.slice(gap + 1, -2).map(Number);
      expect(seconds).toEqual(seconds.toSorted((one, other) => one - other));
      const [begun = 28] = seconds;
      for (let second = begun + 1; second <= 28; second += 1)
        expect(seconds.filter((one) => one === second)).toHaveLength(2048);
    });
  });
