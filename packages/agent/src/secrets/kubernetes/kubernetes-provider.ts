// Kubernetes Secrets of the environment's namespace (core/v1), with the service account the agent's Pod has: plain HTTPS
// with the cluster's authority instead of a client library, as it is one GET. Another namespace can't be named, so that
// what the account may read by mistake is no way into another environment.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { ProviderContext } from '../provider-context.ts';
import { readSecretFolder } from '../read-secret-folder.ts';
import { toFieldDocument } from '../secret-document.ts';
import {
  type SecretFailure,
  secretCredentialsMissing,
  secretDenied,
  secretLoginRefused,
  secretMissing,
  secretNameInvalid,
  secretReplyInvalid,
} from '../secret-errors.ts';
import type { SecretDocument, SecretProvider } from '../secret-provider.ts';
import { SecretValue } from '../secret-value.ts';
import type { KubernetesProviderOptions } from '../secrets-options.ts';
import { findOutage, type ProviderReply, parseReply, sendRequest } from '../send-request.ts';
import { toRootedPath } from '../to-path.ts';

const PROVIDER = 'Kubernetes';

/** Where every Pod finds its account. */
const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

const SecretReply = z.object({
  kind: z.literal('Secret'),
  metadata: z.object({ deletionTimestamp: z.string().optional() }),
  data: z.record(z.string(), z.base64()).default({}),
});

type ApiOptions = Extract<KubernetesProviderOptions, { source: 'api' }>;

/** Secrets through the API server, or from a folder where they are mounted as `<folder>/<secret>/<key>`. */
export function createKubernetesProvider(options: KubernetesProviderOptions, context: ProviderContext): SecretProvider {
  const fetchDocument =
    options.source === 'mounted'
      ? (name: string) => readSecretFolder({ ...context, folder: resolve(context.projectFolder, options.folder) }, name)
      : (name: string, signal: AbortSignal) => askServer(options, context, name, signal);
  return {
    name: 'kubernetes',
    isLocal: options.source === 'mounted',
    fetch: async (name, signal) => fetchDocument(toSecretName(name), signal),
    toPath: toRootedPath,
    close: () => undefined,
  };
}

/** `fmp/api_key` is Secret `fmp-api-key`, as names there are those of DNS (RFC 1123). */
function toSecretName(name: string): string {
  const secret = name
    .replace(/^\//, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-');
  const isValid =
    secret.length <= 253 && secret.split('.').every((part) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(part));
  if (isValid) return secret;
  throw secretNameInvalid(name, `${secret} is no name of a Secret.`, 'Use letters, digits, - and . between them.');
}

async function askServer(
  options: ApiOptions,
  context: ProviderContext,
  secret: string,
  signal: AbortSignal,
): Promise<SecretDocument> {
  const namespace = options.namespace ?? context.namespace;
  // Both change while the agent runs: tokens of accounts live an hour.
  const [token, ca] = await Promise.all([
    readAccountFile(options.tokenFile ?? `${ACCOUNT_FOLDER}/token`),
    readAccountFile(options.caFile ?? `${ACCOUNT_FOLDER}/ca.crt`),
  ]);
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${secret}`;
  const url = new URL(path, options.apiServer ?? findServer(context));
  const headers = { authorization: `Bearer ${token.trim()}`, accept: 'application/json' };
  const reply = await sendRequest({ provider: PROVIDER, method: 'GET', url, headers, ca, signal });
  return readDocument(reply, secret, namespace);
}

async function readAccountFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw noAccount(`${path} can't be read.`);
  }
}

function findServer({ variables }: ProviderContext): string {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = variables;
  if (!host) throw noAccount('KUBERNETES_SERVICE_HOST is not set.');
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function readDocument(reply: ProviderReply, secret: string, namespace: string): SecretDocument {
  const failure = findFailure(reply, secret, namespace);
  if (failure !== undefined) throw failure;
  const parsed = SecretReply.safeParse(parseReply(reply));
  if (!parsed.success) throw secretReplyInvalid(PROVIDER, 'The reply is no Secret of core/v1.');
  const { metadata, data } = parsed.data;
  if (metadata.deletionTimestamp !== undefined) throw missing(secret, namespace);
  const fields = Object.entries(data).map(
    ([key, text]) => [key, new SecretValue(Buffer.from(text, 'base64'))] as const,
  );
  return toFieldDocument(new Map(fields));
}

function findFailure(reply: ProviderReply, secret: string, namespace: string): SecretFailure | undefined {
  if (reply.status === 200) return undefined;
  if (reply.status === 404) return missing(secret, namespace);
  if (reply.status === 401) {
    return secretLoginRefused(
      PROVIDER,
      'The token of the service account is not accepted.',
      'Restart the Pod of the agent.',
    );
  }
  if (reply.status === 403) {
    const fix = `Allow its service account \`get\` on secrets in namespace ${namespace}.`;
    return secretDenied(secret, `The agent may not read Secrets of namespace ${namespace}.`, fix);
  }
  return findOutage(PROVIDER, reply) ?? secretReplyInvalid(PROVIDER, `The status is ${reply.status}.`);
}

function missing(secret: string, namespace: string): SecretFailure {
  const fix = `Create it: kubectl -n ${namespace} create secret generic ${secret} …`;
  return secretMissing(secret, `Namespace ${namespace} has none.`, fix);
}

function noAccount(cause: string): SecretFailure {
  const fix = 'Run the agent in the cluster, or name apiServer, tokenFile and caFile in the options.';
  return secretCredentialsMissing(PROVIDER, cause, fix);
}
