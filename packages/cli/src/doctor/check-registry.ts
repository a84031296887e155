// Whether the environment's registry of images answers as one: `GET /v2/` of the OCI distribution specification.
import { readFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { join } from 'node:path';
import { z } from 'zod';
import type { Check, CheckSubject, Finding } from './check.ts';
import { parseRegistry, type Registry } from './parse-registry.ts';
import { findReachable } from './reachable-environment.ts';

const TIMEOUT_MS = 5_000;

const SUBJECT = 'registry';

/** Does the registry that the environment declares answer, and is there a login for it where it wants one? */
export const checkRegistry: Check = async (subject) => {
  const environment = findReachable(subject)?.configuration.environment;
  const text = environment?.registry;
  if (environment === undefined || text === undefined)
    return [{ subject: SUBJECT, status: 'ok', text: 'none is declared' }];
  // By convention of kind local; its processes need no image.
  if (environment.kind === 'local' && environment.executor === 'process')
    return [{ subject: SUBJECT, status: 'ok', text: `${text}, not needed by processes` }];
  const registry = parseRegistry(text);
  if (registry === undefined) return [invalid()];
  try {
    return [await judge(subject, registry, await askRegistry(registry, subject.signal))];
  } catch (thrown) {
    return [toUnreachable(registry, thrown)];
  }
};

interface RegistryAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** By TLS; on this machine also plainly, as Docker does. */
async function askRegistry({ authority, isLoopback }: Registry, signal: AbortSignal): Promise<RegistryAnswer> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    return await ask(new URL(`https://${authority}/v2/`), isLoopback, limited);
  } catch (thrown) {
    if (!isLoopback || !isProtocolError(codeOf(thrown))) throw thrown;
    return await ask(new URL(`http://${authority}/v2/`), isLoopback, limited);
  }
}

function ask(url: URL, isLoopback: boolean, signal: AbortSignal): Promise<RegistryAnswer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const options = { signal, agent: false, rejectUnauthorized: !isLoopback } as const;
    const sent = send(url, options, ({ statusCode = 0, headers }) => {
      resolve({ status: statusCode, headers });
      sent.destroy();
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function judge(
  subject: CheckSubject,
  { authority }: Registry,
  { status, headers }: RegistryAnswer,
): Promise<Finding> {
  const isRegistry = headers['docker-distribution-api-version'] !== undefined;
  if (status === 200) return { subject: SUBJECT, status: 'ok', text: `${authority} answers` };
  const wantsLogin = status === 401 && (isRegistry || headers['www-authenticate'] !== undefined);
  if (!wantsLogin)
    return {
      subject: SUBJECT,
      status: 'problem',
      text: `${authority} does not answer as a registry: GET /v2/ has status ${status}.`,
      fix: 'Correct `registry` of the environment, or look at the registry itself and at the proxy before it.',
      code: 'REGISTRY_REPLY_INVALID',
    };
  if (await hasLogin(subject, authority)) return { subject: SUBJECT, status: 'ok', text: `${authority} answers` };
  return {
    subject: SUBJECT,
    status: 'note',
    text: `${authority} answers and wants a login; Docker has none for it here.`,
    fix: `docker login ${authority}`,
    code: 'REGISTRY_LOGIN_MISSING',
  };
}

const DockerConfig = z.object({
  auths: z.record(z.string(), z.unknown()).default({}),
  credHelpers: z.record(z.string(), z.unknown()).default({}),
  credsStore: z.string().optional(),
});

/** Whether Docker knows one, not whether it is good: its store may only be asked by Docker. */
async function hasLogin({ variables }: CheckSubject, authority: string): Promise<boolean> {
  const folder = variables.DOCKER_CONFIG || join(variables.HOME ?? '/', '.docker');
  try {
    const config = DockerConfig.parse(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
    const names = [...Object.keys(config.auths), ...Object.keys(config.credHelpers)];
    return Boolean(config.credsStore) || names.some((name) => parseRegistry(name)?.authority === authority);
  } catch {
    // Absent, or not one that Docker could read either.
    return false;
  }
}

function isProtocolError(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL') || code === 'ECONNRESET';
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}

function toUnreachable({ authority }: Registry, thrown: unknown): Finding {
  const code = codeOf(thrown);
  // What is wrong with a certificate is told by the check of certificates.
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code))
    return { subject: SUBJECT, status: 'ok', text: `${authority} answers; see its certificate` };
  const why = thrown instanceof Error && thrown.name === 'AbortError' ? 'no answer in time' : code || 'no answer';
  const isPlain = isProtocolError(code);
  return {
    subject: SUBJECT,
    status: 'problem',
    text: isPlain ? `${authority} does not speak TLS (${why}).` : `${authority} does not answer (${why}).`,
    fix: isPlain
      ? 'Give it a certificate: Docker takes plain HTTP only on this machine.'
      : 'Look whether it runs and can be reached from here, and whether `registry` of the environment is right.',
    code: isPlain ? 'REGISTRY_WITHOUT_TLS' : 'REGISTRY_UNREACHABLE',
  };
}

function invalid(): Finding {
  return {
    subject: SUBJECT,
    status: 'problem',
    text: 'The registry of the environment is no address of one.',
    fix: 'Write it as host, host:port or host/path, without user and password.',
    code: 'REGISTRY_INVALID',
  };
}
