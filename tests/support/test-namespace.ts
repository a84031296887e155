// A namespace on the cluster of a test file, and the executor of an agent that has the shipped role in it and nothing more. Datakits
// are built by the Docker engine of the machine and pulled by the nodes from the cluster's registry, which wants a login.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { AgentOptions } from '@towpath/agent';
import type { KubernetesPart } from '@towpath/testkit';
import type { DatakitImages } from './datakit-images.ts';
import { describeKubernetes, LOGIN, prepareNamespace } from './kubernetes-agent.ts';

export interface TestNamespace {
  readonly name: string;
  /** Why it can't be; undefined when it can. */
  readonly reason: string | undefined;
  /** An agent of `local` that runs attempts in it. */
  readonly executor: NonNullable<AgentOptions['executor']>;
  /** Makes it, with the login of the registry and the account of the agent. */
  create(): Promise<void>;
  /** Pushes a built image to where its Pods get it from; returns its name there. */
  publish(image: string): Promise<string>;
  /** Runs kubectl in it, and returns what it printed. */
  kubectl(...words: readonly string[]): Promise<string>;
  /** @throws Error with what is left of attempts that have ended; what stays for its retention is none of it */
  assertNoneLeft(): Promise<boolean>;
  /** Removes it, and the images. */
  remove(): Promise<void>;
}

/** The shipped role of an agent, with its account. */
const ROLE = fileURLToPath(new URL('../../deploy/kubernetes/agent/rbac.yaml', import.meta.url));
const ACCOUNT = 'towpath-agent';
/** Longer than any test file. */
const TOKEN_LIFE = '2h';

const NO_REGISTRY = { host: '', username: '', password: '' };

/** Describes it; nothing is made yet. */
export function createTestNamespace(cluster: KubernetesPart, images: DatakitImages): TestNamespace {
  const name = `towpath-test-${randomUUID().slice(0, 8)}`;
  const { registry } = cluster;
  const folder = join(tmpdir(), name);
  const kubeconfig = join(folder, 'kubeconfig');
  const reason = cluster.reason ?? images.reason ?? (registry ? undefined : 'the cluster has no registry for tests');
  const kubectl = (...words: readonly string[]) => runKubectl(cluster, ['--namespace', name, ...words]);
  return {
    name,
    reason,
    kubectl,
    executor: {
      ...describeKubernetes(cluster, images.executor, { registry: `${registry?.host}/${name}` }),
      kubernetes: { access: { kind: 'kubeconfig', path: kubeconfig }, namespace: name, imagePullSecrets: [LOGIN] },
    },
    create: async () => {
      await prepareNamespace(cluster, name);
      await kubectl('apply', '--filename', ROLE);
      mkdirSync(folder, { mode: 0o700 });
      writeFileSync(kubeconfig, await describeAccess(kubectl), { mode: 0o600 });
    },
    publish: (image) => images.publish(image, registry ?? NO_REGISTRY, name),
    assertNoneLeft: async () => {
      const own = ['--selector', 'app.kubernetes.io/managed-by=towpath'];
      const found = await kubectl('get', 'jobs,pods,secrets', ...own, '--output', 'json');
      const { items }: { readonly items: readonly FoundObject[] } = JSON.parse(found);
      const left = items.filter(isLeft).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      if (left.length > 0) throw new Error(left.join('\n'));
      return true;
    },
    remove: async () => {
      rmSync(folder, { recursive: true, force: true });
      await images.remove();
      // What is in it goes with it, in its own time.
      if (reason === undefined)
        await runKubectl(cluster, ['delete', 'namespace', name, '--ignore-not-found', '--wait=false']);
    },
  };
}

interface FoundObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly finalizers?: readonly string[] };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** What has ended stays for its retention: Jobs that are over, and Pods that nothing holds. Their Secrets do not. */
function isLeft({ kind, metadata, status }: FoundObject): boolean {
  if (kind === 'Pod') {
    const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
    return !isOver || (metadata.finalizers ?? []).includes('towpath.dev/result');
  }
  const ends = (status?.conditions ?? []).filter(({ type }) => type === 'Complete' || type === 'Failed');
  return !ends.some((condition) => condition.status === 'True');
}

/** A kubeconfig, as JSON, of the agent's account. */
async function describeAccess(kubectl: TestNamespace['kubectl']): Promise<string> {
  const config = JSON.parse(await kubectl('config', 'view', '--raw', '--minify', '--output', 'json'));
  const token = (await kubectl('create', 'token', ACCOUNT, `--duration=${TOKEN_LIFE}`)).trim();
  return JSON.stringify({ ...config, users: [{ name: config.users[0].name, user: { token } }] });
}

/** A namespace with hundreds of Jobs. */
const LONGEST_ANSWER_BYTES = 64 * 1024 * 1024;

async function runKubectl({ kubectl, kubeconfig }: KubernetesPart, words: readonly string[]): Promise<string> {
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  return (await promisify(execFile)(kubectl, [...words], { env, maxBuffer: LONGEST_ANSWER_BYTES })).stdout;
}
