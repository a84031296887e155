// Bundles that are too large for a Secret: their Pods fetch them. With the real server: tests/kubernetes-bundle.test.ts.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCertificate, requireKubernetes, type TestCertificate, waitFor } from '@towpath/testkit';
import { describe, expect, type TestContext, test } from 'vitest';
import { readOutput } from '../../testing/attempt-output.ts';
import { specify } from '../../testing/executor-contract.ts';
import { type Answer, type FaultServer, type ReceivedRequest, startFaultServer } from '../../testing/fault-server.ts';
import { type KubernetesSubject, openKubernetesSubject } from '../../testing/kubernetes-subject.ts';
import { SLEEPS } from '../../testing/probes.ts';
import type { BundleSource } from '../bundle-source.ts';
import type { AttemptSpecification, HeldAttempt } from '../executor.ts';
import { listJobs, listPods } from './jobs.ts';

const part = requireKubernetes();
const host = part.host ?? '';

const FAILED_START = { outcome: 'errored', exitCode: null, reasonCode: 'START_FAILED' };

/** Says where its code lies, what of its token it sees, and that a second file of the bundle is there. */
const MODULE = `import { readdirSync } from 'node:fs';
import { answer } from './chunks/answer.mjs';
const run = ({ log }) => { log([...readdirSync('/').filter((name) => name.startsWith('towpath')), ...readdirSync('/towpath/run/bundle').sort()].join()); return { answer }; };
export default { graph: { tasks: [{ id: 'probe' }] }, [Symbol.for('towpath.taskFunctions')]: new Map([['probe', run]]) };
`;

const BUNDLE = {
  'large.mjs': MODULE,
  'chunks/answer.mjs': `export const answer = 42; // ${'ä'.repeat(1 << 20)}`,
};
const BYTES = Buffer.from(JSON.stringify(BUNDLE));
const HASH = createHash('sha256').update(BYTES).digest('hex');

interface Server {
  readonly token: string;
  readonly server: FaultServer;
}

/** A server that gives the bundle to who shows the token, unless told otherwise. */
async function serve(
  { onTestFinished }: TestContext,
  answer: (request: ReceivedRequest) => Answer | undefined = () => undefined,
  tls?: TestCertificate,
): Promise<Server> {
  const token = `towpath_attempt_${randomUUID()}`;
  const give = ({ headers }: ReceivedRequest): Answer =>
    headers.authorization === `Bearer ${token}` ? { status: 200, body: BYTES } : { status: 401, body: 'nobody' };
  const server = await startFaultServer((request) => answer(request) ?? give(request), tls, host);
  onTestFinished(() => server.close());
  return { token, server };
}

interface Wanted {
  readonly serverUrl: string;
  readonly token?: string;
  readonly issueToken?: BundleSource['issueToken'];
  readonly authorityFile?: string;
  readonly hash?: string;
  readonly memoryMiB?: number;
}

interface Started extends HeldAttempt {
  readonly subject: KubernetesSubject;
  readonly specification: AttemptSpecification;
}

async function start(context: TestContext, wanted: Wanted): Promise<Started> {
  const { serverUrl, token = '', issueToken = async () => token, authorityFile, memoryMiB } = wanted;
  const subject = await openKubernetesSubject(part, {
    settings: { memoryMiB },
    executor: { bundleSource: { serverUrl, authorityFile, issueToken }, patienceMs: { start: 6_000 } },
  });
  context.onTestFinished(() => subject.close());
  const bundleFolder = join(subject.folder, 'large');
  await mkdir(join(bundleFolder, 'chunks'), { recursive: true });
  for (const [path, text] of Object.entries(BUNDLE)) await writeFile(join(bundleFolder, path), text);
  const place = { bundleFolder, module: 'large', export: 'default', taskId: 'probe' };
  const work = { kind: 'function', bundleHash: wanted.hash ?? HASH, ...place } as const;
  const specification = await specify('function', SLEEPS, subject.folder, { work });
  return { ...(await subject.executor.start(specification)), subject, specification };
}

describe
  .skipIf(part.reason !== undefined || part.host === undefined)
  .concurrent(
    `a bundle that is too large for a Secret (${part.reason ?? part.host ?? 'Pods do not reach this machine'})`,
    () => {
      test('A20 kubernetes: is fetched with the token of the attempt, which the attempt itself does not see', async (context) => {
        const { server, token } = await serve(context);
        const attempt = await start(context, { serverUrl: `${server.url}/`, token });
        expect(await attempt.ended).toMatchObject({ outcome: 'succeeded', result: { answer: 42 } });
        expect(await readOutput(attempt)).toBe('towpath,.compile-cache,chunks,large.mjs\n');
        expect(server.requests.map(({ url }) => url.pathname)).toEqual([`/api/attempt/bundles/${HASH}`]);
        const pods = await attempt.subject.kubectl(
          'get',
          'jobs,pods',
          '-l',
          `dev.towpath.attempt-id=${attempt.attemptId}`,
          '-o',
          'json',
        );
        expect(pods).not.toContain(token);
      });

      test('A20 kubernetes: comes from a server whose authority the agent trusts alone', async (context) => {
        const folder = (await openFolder(context)).folder;
        const certificate = createCertificate(folder, host);
        const { server, token } = await serve(context, undefined, certificate);
        const trusted = await start(context, { serverUrl: server.url, token, authorityFile: certificate.caFile });
        const stranger = await start(context, { serverUrl: server.url, token });
        expect(await trusted.ended).toMatchObject({ outcome: 'succeeded' });
        expect(await stranger.ended).toMatchObject(FAILED_START);
        expect(await readOutput(stranger)).toMatch(/error BUNDLE_UNREACHABLE: .*certificate/s);
      });

      test('A20 kubernetes: is asked for again while the server is busy, and refused at once when it says no', async (context) => {
        let asked = 0;
        const busy = await serve(context, () => (asked++ < 3 ? { status: 503, body: 'later' } : undefined));
        const patient = await start(context, { serverUrl: busy.server.url, token: busy.token });
        expect(await patient.ended).toMatchObject({ outcome: 'succeeded' });
        const { server } = await serve(context);
        const stale = await start(context, { serverUrl: server.url, token: 'towpath_attempt_stale' });
        expect(await stale.ended).toMatchObject(FAILED_START);
        expect(await readOutput(stale)).toMatch(/error BUNDLE_REFUSED: .*HTTP status 401/s);
        expect(server.requests).toHaveLength(1);
      });

      test('A25 kubernetes: is not waited for by an attempt that is cancelled meanwhile, of which nothing is left', async (context) => {
        const { server, token } = await serve(context);
        server.setFault('silent');
        const attempt = await start(context, { serverUrl: server.url, token });
        await untilAsked(server);
        attempt.cancel();
        expect(await attempt.ended).toMatchObject({ outcome: 'cancelled', exitCode: null });
        expect([await listJobs(attempt.subject.place), await listPods(attempt.subject.place)]).toEqual([[], []]);
      });

      test('A25 kubernetes: is fetched anew, by another token, when the next agent starts the attempt again', async (context) => {
        const { server, token } = await serve(context);
        server.setFault('silent');
        let shown = 'towpath_attempt_of-the-agent-before';
        const first = await start(context, { serverUrl: server.url, issueToken: async () => shown });
        await untilAsked(server);
        first.detach();
        server.setFault(undefined);
        shown = token;
        const next = await first.subject.openNext();
        expect(await next.listLeftovers()).toMatchObject([{ attemptId: first.attemptId, isStarted: false }]);
        const again = await next.start(first.specification);
        expect(await again.ended).toMatchObject({ outcome: 'succeeded', result: { answer: 42 } });
      });

      test('A20 kubernetes: of a server that can not be reached, and one that is another, is why it can not be started', async (context) => {
        const { server, token } = await serve(context);
        const nowhere = await start(context, { serverUrl: `http://${host}:1`, token });
        const altered = await start(context, { serverUrl: server.url, token, hash: 'f'.repeat(64) });
        const poor = await start(context, { serverUrl: server.url, token, memoryMiB: 16 });
        const loopback = await start(context, { serverUrl: 'http://localhost:4600', token });
        for (const attempt of [nowhere, altered, poor, loopback])
          expect(await attempt.ended).toMatchObject(FAILED_START);
        const outputs = await Promise.all([nowhere, altered, loopback, poor].map(readOutput));
        expect(outputs[0]).toContain('error BUNDLE_UNREACHABLE: ');
        expect(outputs[1]).toContain('error BUNDLE_INVALID: ');
        expect(outputs[2]).toContain('error SERVER_URL_LOOPBACK: ');
        expect(outputs[3]).toMatch(/error BUNDLE_NOT_UNPACKED: .*OOMKilled/s);
      });
    },
  );

async function untilAsked({ requests }: FaultServer): Promise<void> {
  await waitFor('the Pod to ask', 20_000, async () => requests.length > 0);
}

async function openFolder(context: TestContext): Promise<KubernetesSubject> {
  const subject = await openKubernetesSubject(part);
  context.onTestFinished(() => subject.close());
  return subject;
}
