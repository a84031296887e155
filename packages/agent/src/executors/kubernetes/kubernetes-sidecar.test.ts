// What runs beside attempts: document 001, A54. The ticket manager is stood in for by a program that writes what it read of its keytab.
import { requireKubernetes, waitFor } from '@towpath/testkit';
import { describe, expect, type TestContext, test } from 'vitest';
import { readOutput } from '../../testing/attempt-output.ts';
import { specify } from '../../testing/executor-contract.ts';
import {
  type KubernetesSubject,
  openKubernetesSubject,
  type SubjectOptions,
} from '../../testing/kubernetes-subject.ts';
import { script } from '../../testing/probes.ts';
import type { HeldAttempt } from '../executor.ts';
import type { SidecarSetup } from '../executor-setup.ts';

const part = requireKubernetes();

/** Looks for a second before it writes: what starts without waiting for it finds nothing. */
const MAKES_TICKETS = `sleep 1
{ tr a-z A-Z </krb5/keytab/key; echo "|$LITERAL|"; } >/krb5/cache/new
mv /krb5/cache/new /krb5/cache/ticket
while :; do sleep 1; done`;

function sidecar(more: Partial<SidecarSetup> = {}): SidecarSetup {
  return {
    name: 'krb5',
    image: part.image,
    command: ['sh', '-c', MAKES_TICKETS],
    args: undefined,
    env: { REALM: 'EXAMPLE.COM', LITERAL: '$(REALM)' },
    secrets: [],
    startupProbe: ['test', '-s', '/krb5/cache/ticket'],
    cpu: 0.1,
    memoryMiB: 32,
    ...more,
  };
}

async function open({ onTestFinished }: TestContext, options?: SubjectOptions): Promise<KubernetesSubject> {
  const subject = await openKubernetesSubject(part, options);
  onTestFinished(() => subject.close());
  return subject;
}

/** A Secret of the namespace, for the length of the test. */
async function makeSecret(
  { onTestFinished }: TestContext,
  { kubectl, folder }: KubernetesSubject,
  ...literals: string[]
) {
  const name = `keytab-${folder.slice(-6).toLowerCase()}`;
  await kubectl('create', 'secret', 'generic', name, ...literals.map((literal) => `--from-literal=${literal}`));
  onTestFinished(async () => void (await kubectl('delete', 'secret', name)));
  return name;
}

/** A claim with a folder of the node as its volume, for the length of the test. */
async function makeClaim(
  { onTestFinished }: TestContext,
  { place, kubectl, folder }: KubernetesSubject,
): Promise<string> {
  const name = `tickets-${folder.slice(-6).toLowerCase()}`;
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: '' };
  const hostPath = { path: '/mnt', type: 'Directory' };
  const volume = { ...spec, capacity: { storage: '1Mi' }, hostPath };
  const claim = { ...spec, volumeName: name, resources: { requests: { storage: '1Mi' } } };
  const create = async (kind: string, path: string, body: object): Promise<void> => {
    await place.api.send({ method: 'POST', path, body: { apiVersion: 'v1', kind, metadata: { name }, spec: body } });
    onTestFinished(async () => void (await kubectl('delete', kind, name, '--wait=false')));
  };
  await create('PersistentVolume', '/api/v1/persistentvolumes', volume);
  await create('PersistentVolumeClaim', `/api/v1/namespaces/${place.namespace}/persistentvolumeclaims`, claim);
  return name;
}

async function start({ executor, folder }: KubernetesSubject, sh: string): Promise<HeldAttempt> {
  return await executor.start(await specify('command', script(sh), folder));
}

async function findJob({ kubectl }: KubernetesSubject, { attemptId }: HeldAttempt) {
  const [job] = JSON.parse(
    await kubectl('get', 'jobs', '-l', `dev.towpath.attempt-id=${attemptId}`, '-o', 'json'),
  ).items;
  return job;
}

function isComplete(job: { readonly status: { readonly conditions?: readonly { type: string; status: string }[] } }) {
  return job.status.conditions?.some(({ type, status }) => type === 'Complete' && status === 'True') ?? false;
}

describe
  .skipIf(part.reason !== undefined)
  .concurrent(`beside an attempt on Kubernetes (${part.reason ?? 'which is there'})`, () => {
    test('A54 kubernetes: a sidecar alone sees the keytab, the attempt reads the tickets it makes and can not change them, and the Job completes', async (context) => {
      const first = await open(context);
      const secret = await makeSecret(context, first, 'key=ticket-of-the-realm');
      const sidecars = [sidecar({ secrets: [{ secret, mountPath: '/krb5/keytab' }] })];
      const subject = await open(context, { settings: { sidecars } });
      const attempt = await start(
        subject,
        'cat /krb5/cache/ticket; ls /krb5; echo x >/krb5/cache/own; rm /krb5/cache/ticket; env | grep -c REALM; exit 0',
      );
      expect(await attempt.ended).toMatchObject({ outcome: 'succeeded' });
      const output = await readOutput(attempt);
      expect(output).toMatch(/^TICKET-OF-THE-REALM\|\$\(REALM\)\|\ncache\n/);
      expect(output.match(/Read-only file system/g)).toHaveLength(2);
      expect(output).toMatch(/\n0\n$/);
      await attempt.remove();
      await waitFor('the Job to complete', 30_000, async () => isComplete(await findJob(subject, attempt)));
    });

    test('A54 kubernetes: a sidecar that does not stay up is why the attempt can not be started', async (context) => {
      const command = ['sh', '-c', 'echo no key >/dev/termination-log; exit 3'];
      const patienceMs = { start: 1_000 };
      const subject = await open(context, { settings: { sidecars: [sidecar({ command })] }, executor: { patienceMs } });
      const attempt = await start(subject, 'echo never');
      expect(await attempt.ended).toMatchObject({ outcome: 'errored', reasonCode: 'START_FAILED' });
      expect(await readOutput(attempt)).toMatch(/error SIDECAR_FAILED: .*krb5.*exit code 3.*no key/s);
    });

    test('A54 kubernetes: the image of a sidecar that is missing is said at once', async (context) => {
      const sidecars = [sidecar({ image: 'towpath-test.invalid/Absent:1' })];
      const attempt = await start(await open(context, { settings: { sidecars } }), 'echo never');
      expect(await attempt.ended).toMatchObject({ outcome: 'errored', reasonCode: 'START_FAILED' });
      expect(await readOutput(attempt)).toContain('error IMAGE_MISSING: ');
    });

    test('A54 kubernetes: tickets that somebody else keeps in a Secret are read by the attempt', async (context) => {
      const first = await open(context);
      const name = await makeSecret(context, first, 'krb5cc=cache');
      const subject = await open(context, { settings: { tickets: { kind: 'secret', name } } });
      const attempt = await start(subject, 'cat /krb5/cache/krb5cc; echo x >/krb5/cache/own || exit 4');
      expect(await attempt.ended).toMatchObject({ exitCode: 4 });
      expect(await readOutput(attempt)).toMatch(/^cache.*Read-only file system/s);
    });

    test('A54 kubernetes: tickets that somebody else keeps on a volume are seen by the attempt, which can not change them', async (context) => {
      const first = await open(context);
      const name = await makeClaim(context, first);
      const subject = await open(context, { settings: { tickets: { kind: 'claim', name } } });
      const attempt = await start(subject, 'ls -a /krb5/cache; echo x >/krb5/cache/own || exit 4');
      expect(await attempt.ended).toMatchObject({ exitCode: 4 });
      expect(await readOutput(attempt)).toMatch(/^\.\n.*Read-only file system/s);
    });

    test('A54 kubernetes: sidecars leave less room for a result, and one that is cut is refused as too large', async (context) => {
      const idle = (name: string) =>
        sidecar({ name, command: ['sh', '-c', 'while :; do sleep 1; done'], startupProbe: undefined });
      const settings = { sidecars: [idle('one'), idle('two'), idle('three')] };
      const subject = await open(context, { settings });
      const write = (size: number) => `printf '{"a":"%${size}s"}' x > "$TOWPATH_RESULT"`;
      const [small, large] = [await start(subject, write(2_900)), await start(subject, write(3_500))];
      expect(await small.ended).toMatchObject({ outcome: 'succeeded' });
      expect(await large.ended).toMatchObject({ outcome: 'failed', reasonCode: 'RESULT_INVALID' });
      expect((await large.ended).reason).toContain('larger than');
    });
  });
