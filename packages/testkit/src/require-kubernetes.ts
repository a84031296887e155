// The Kubernetes cluster that tests use, with an image that has a shell and Node on its nodes. Absent on a laptop: the tests are
// skipped and say so.
import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { TowpathError } from '@towpath/core';

export interface KubernetesPart {
  /** Path of the kubeconfig; its user may do everything. */
  readonly kubeconfig: string;
  /** The program `kubectl`. */
  readonly kubectl: string;
  /** Has `sh` and `node`. */
  readonly image: string;
  /** A registry that the nodes reach, and that wants this account; undefined where there is none. */
  readonly registry: { readonly host: string; readonly username: string; readonly password: string } | undefined;
  /** Address of this machine as Pods reach it; undefined where they don't. */
  readonly host: string | undefined;
  /** Why it is not there; undefined when it is. */
  readonly reason: string | undefined;
}

const PROBE_TIMEOUT_MS = 20_000;

/** KUBECONFIG, TOWPATH_TEST_KUBECTL, TOWPATH_TEST_KUBERNETES_IMAGE and _REGISTRY (`user:password@host:port`). @throws TowpathError `TEST_PART_MISSING` when it is absent and CI=true */
export function requireKubernetes(): KubernetesPart {
  const { KUBECONFIG: kubeconfig = '', TOWPATH_TEST_KUBECTL: kubectl = 'kubectl' } = process.env;
  const image = process.env.TOWPATH_TEST_KUBERNETES_IMAGE ?? '';
  // A kubeconfig alone may lead anywhere, into production too: that tests may use its cluster is said by the image.
  const isMeant = kubeconfig !== '' && image !== '';
  const reason = isMeant
    ? findReason(kubectl)
    : 'KUBECONFIG and TOWPATH_TEST_KUBERNETES_IMAGE name no cluster for tests';
  if (reason !== undefined && process.env.CI === 'true') throw missing(reason);
  const registry = readRegistry(process.env.TOWPATH_TEST_KUBERNETES_REGISTRY);
  const host = reason === undefined ? findHost(kubectl) : undefined;
  return { kubeconfig, kubectl, image, registry, host, reason };
}

/** The node's own address, where this machine has it: a cluster in a virtual machine is reached otherwise, if at all. */
function findHost(kubectl: string): string | undefined {
  const path = '{.items[0].status.addresses[?(@.type=="InternalIP")].address}';
  const address = execFileSync(kubectl, ['get', 'nodes', '--output', `jsonpath=${path}`], { encoding: 'utf8' });
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return own.some((one) => one.address === address) ? address : undefined;
}

function readRegistry(text: string | undefined): KubernetesPart['registry'] {
  if (text === undefined) return undefined;
  const { host, username, password } = new URL(`http://${text}`);
  return { host, username, password };
}

function findReason(kubectl: string): string | undefined {
  try {
    execFileSync(kubectl, ['get', '--raw', '/readyz'], { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS });
    return undefined;
  } catch {
    return 'no cluster answers `kubectl get --raw /readyz`';
  }
}

function missing(cause: string): TowpathError {
  return new TowpathError({
    code: 'TEST_PART_MISSING',
    message: 'This test needs a Kubernetes cluster, and CI=true requires every real part.',
    cause,
    fix: 'Set KUBECONFIG, TOWPATH_TEST_KUBECTL, TOWPATH_TEST_KUBERNETES_IMAGE and TOWPATH_TEST_KUBERNETES_REGISTRY.',
  });
}
