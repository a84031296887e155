// Credentials from a plugin that a kubeconfig names, as cloud providers do it:
// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { TowpathError } from '@towpath/core';
import { z } from 'zod';
import type { ApiAccess, ApiCredentials } from './api-access.ts';

/** The plugin, as the kubeconfig has it. */
export const ExecPlugin = z.object({
  apiVersion: z.string(),
  command: z.string(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
});
export type ExecPlugin = z.infer<typeof ExecPlugin>;

const ExecCredential = z.object({
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.string().optional(),
  }),
});

/** Of one run: it may ask a cloud, but must not hang an agent. */
const PLUGIN_TIMEOUT_MS = 60_000;
/** Before the stated end a token is asked for anew, so that none expires on its way. */
const EARLY_MS = 60_000;

/** Runs the plugin when its last answer has expired or was refused. @throws TowpathError `KUBERNETES_PLUGIN_FAILED` */
export function createExecCredentials(plugin: ExecPlugin, folder: string): ApiAccess['getCredentials'] {
  let kept: { readonly asked: Promise<ApiCredentials>; expiresAt: number } | undefined;
  const ask = (): Promise<ApiCredentials> => {
    const entry = {
      asked: runPlugin(plugin, folder).then(({ status }) => {
        entry.expiresAt = status.expirationTimestamp
          ? Date.parse(status.expirationTimestamp)
          : Number.POSITIVE_INFINITY;
        return { token: status.token, cert: status.clientCertificateData, key: status.clientKeyData };
      }),
      expiresAt: Number.POSITIVE_INFINITY,
    };
    entry.asked.catch(() => {
      kept = undefined;
    });
    kept = entry;
    return entry.asked;
  };
  return (isRefused) =>
    kept === undefined || isRefused || kept.expiresAt - EARLY_MS < Date.now() ? ask() : kept.asked;
}

async function runPlugin(plugin: ExecPlugin, folder: string): Promise<z.infer<typeof ExecCredential>> {
  const { apiVersion, command, args, env } = plugin;
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  const variables = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
  // Paths are relative to the kubeconfig; a word without a slash is looked for in PATH.
  const program = command.includes('/') ? resolve(folder, command) : command;
  try {
    const { stdout } = await promisify(execFile)(program, args ?? [], {
      timeout: PLUGIN_TIMEOUT_MS,
      env: { ...process.env, ...variables, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    });
    return ExecCredential.parse(JSON.parse(stdout));
  } catch (thrown) {
    throw new TowpathError({
      code: 'KUBERNETES_PLUGIN_FAILED',
      message: `The plugin ${command} of the kubeconfig gave no credentials.`,
      cause: thrown instanceof Error ? thrown.message : String(thrown),
      fix: 'Run `kubectl get pods` with the same kubeconfig as the user that runs the agent.',
    });
  }
}
