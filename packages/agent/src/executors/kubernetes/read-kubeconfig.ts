// A kubeconfig file: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1. Client certificates, tokens and exec plugins;
// a list of files that are merged, and proxies, are refused with their name rather than half understood.
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { TowpathError } from '@towpath/core';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ApiAccess, ApiCredentials } from './api-access.ts';
import { createExecCredentials, ExecPlugin } from './exec-credentials.ts';

const Cluster = z.object({
  server: z.string(),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': z.string().optional(),
  'proxy-url': z.undefined({ error: 'is not supported' }).optional(),
});

const User = z.object({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.string().optional(),
  exec: ExecPlugin.optional(),
  'auth-provider': z.undefined({ error: 'is not supported: use an exec plugin' }).optional(),
});
type User = z.infer<typeof User>;

const Kubeconfig = z.object({
  'current-context': z.string().default(''),
  contexts: z.array(
    z.object({
      name: z.string(),
      context: z.object({ cluster: z.string(), user: z.string().default(''), namespace: z.string().optional() }),
    }),
  ),
  // Only the entries of the chosen context must be understood.
  clusters: z.array(z.object({ name: z.string(), cluster: z.unknown() })),
  users: z.array(z.object({ name: z.string(), user: z.unknown() })).default([]),
});

/** Reads one file; `context` is its current one when not given. @throws TowpathError `KUBECONFIG_INVALID` */
export async function readKubeconfig(path: string, context?: string): Promise<ApiAccess> {
  const folder = dirname(resolve(path));
  try {
    const config = Kubeconfig.parse(parse(await readFile(path, 'utf8')));
    const chosen = context ?? config['current-context'];
    const found = config.contexts.find(({ name }) => name === chosen)?.context;
    if (found === undefined) throw new Error(`It has no context ${JSON.stringify(chosen)}.`);
    const cluster = Cluster.parse(config.clusters.find(({ name }) => name === found.cluster)?.cluster);
    const user = User.parse(config.users.find(({ name }) => name === found.user)?.user ?? {});
    return {
      server: new URL(cluster.server),
      tls: {
        ca: await readPem(folder, cluster['certificate-authority-data'], cluster['certificate-authority']),
        servername: cluster['tls-server-name'],
        rejectUnauthorized: cluster['insecure-skip-tls-verify'] !== true,
      },
      namespace: found.namespace,
      getCredentials: createCredentials(folder, user),
    };
  } catch (thrown) {
    throw invalid(path, thrown);
  }
}

function createCredentials(folder: string, user: User): ApiAccess['getCredentials'] {
  if (user.exec !== undefined) return createExecCredentials(user.exec, folder);
  return async (): Promise<ApiCredentials> => ({
    token: user.tokenFile === undefined ? user.token : (await readFile(resolve(folder, user.tokenFile), 'utf8')).trim(),
    cert: await readPem(folder, user['client-certificate-data'], user['client-certificate']),
    key: await readPem(folder, user['client-key-data'], user['client-key']),
  });
}

/** What stands in the file itself wins over a path, as in kubectl. */
async function readPem(
  folder: string,
  data: string | undefined,
  path: string | undefined,
): Promise<string | undefined> {
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  return path === undefined ? undefined : await readFile(resolve(folder, path), 'utf8');
}

function invalid(path: string, thrown: unknown): TowpathError {
  const isSchema = thrown instanceof z.ZodError;
  const cause = isSchema ? z.prettifyError(thrown) : thrown instanceof Error ? thrown.message : String(thrown);
  return new TowpathError({
    code: 'KUBECONFIG_INVALID',
    message: `The kubeconfig ${path} can't be used.`,
    cause,
    fix: 'Name one file with one usable context; `kubectl config view --flatten --minify` makes such a file.',
  });
}
