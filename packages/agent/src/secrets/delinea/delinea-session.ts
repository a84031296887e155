// A login at Secret Server (password grant) or Platform (client credentials), shared by all questions of one store. A
// refused login isn't repeated with the same credentials for a while: a hundred attempts would lock the account.
import { readFile } from 'node:fs/promises';
import { untilAborted } from '../../session/until-aborted.ts';
import type { ProviderContext } from '../provider-context.ts';
import { SecretFailure, secretCredentialsMissing, secretReplyInvalid } from '../secret-errors.ts';
import { type DelineaProviderOptions, isSafeUrl } from '../secrets-options.ts';
import { type ProviderReply, sendRequest } from '../send-request.ts';
import { PROVIDER, readToken, readVaultUrl } from './delinea-replies.ts';

/** Accounts lock after three to five refusals; an administrator who corrects the password waits no longer than this. */
const REFUSED_PAUSE_MS = 300_000;
/** A login that hangs must not hold all questions for longer than each would wait alone. */
const LOGIN_TIMEOUT_MS = 10_000;
/** A token is renewed before it ends, at the latest a minute before: a question may be on its way for a while. */
const MAX_MARGIN_MS = 60_000;

/** A token with the address it is good for. */
interface Login {
  readonly token: string;
  readonly apiUrl: string;
  readonly endsAtMs: number;
}

interface Credentials {
  readonly account: string;
  readonly password: string;
}

export interface DelineaSession {
  /** Asks with the token; a token that isn't accepted any more is renewed once. `path` is relative to the API. */
  get(path: string, signal: AbortSignal): Promise<ProviderReply>;
  close(): void;
}

/** Logs in when the first question comes. */
export function createDelineaSession(options: DelineaProviderOptions, context: ProviderContext): DelineaSession {
  const closing = new AbortController();
  let login: Promise<Login> | undefined;
  let refusal:
    | { readonly failure: SecretFailure; readonly credentials: Credentials; readonly atMs: number }
    | undefined;

  async function logIn(): Promise<Login> {
    const credentials = await readCredentials(options, context);
    if (refusal !== undefined && isSame(refusal.credentials, credentials)) {
      if (context.clock() - refusal.atMs < REFUSED_PAUSE_MS) throw refusal.failure;
    }
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(LOGIN_TIMEOUT_MS)]);
    try {
      return await requestLogin(options, credentials, context, signal);
    } catch (thrown) {
      if (thrown instanceof SecretFailure && thrown.code === 'SECRET_LOGIN_REFUSED') {
        refusal = { failure: thrown, credentials, atMs: context.clock() };
      }
      throw thrown;
    }
  }

  function share(): Promise<Login> {
    const started = logIn();
    login = started;
    started.catch(() => {
      if (login === started) login = undefined;
    });
    return started;
  }

  async function getLogin(signal: AbortSignal, unlike?: Login): Promise<Login> {
    const shared = login;
    const current = shared === undefined ? undefined : await untilAborted(shared, signal);
    if (current !== undefined && current !== unlike && context.clock() < current.endsAtMs) return current;
    // Whoever waited for the same login may have begun the next one meanwhile.
    return untilAborted(login === undefined || login === shared ? share() : login, signal);
  }

  return {
    get: async (path, signal) => {
      const first = await getLogin(signal);
      const reply = await ask(options, first, path, signal);
      if (reply.status !== 401 && reply.status !== 403) return reply;
      return ask(options, await getLogin(signal, first), path, signal);
    },
    close: () => closing.abort(),
  };
}

async function ask(
  options: DelineaProviderOptions,
  { token, apiUrl }: Login,
  path: string,
  signal: AbortSignal,
): Promise<ProviderReply> {
  const url = new URL(`${apiUrl}/api/v1/${path}`);
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  return sendRequest({ provider: PROVIDER, method: 'GET', url, headers, ca: await readCa(options), signal });
}

async function requestLogin(
  options: DelineaProviderOptions,
  credentials: Credentials,
  context: ProviderContext,
  signal: AbortSignal,
): Promise<Login> {
  const base = options.url.replace(/\/+$/, '');
  const isPlatform = options.product === 'platform';
  const url = new URL(base + (isPlatform ? '/identity/api/oauth2/token/xpmplatform' : '/oauth2/token'));
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const body = new URLSearchParams(toGrant(options, credentials)).toString();
  const ca = await readCa(options);
  const askedAtMs = context.clock();
  const grant = readToken(await sendRequest({ provider: PROVIDER, method: 'POST', url, headers, body, ca, signal }));
  const lifeMs = grant.expires_in * 1000;
  const endsAtMs = askedAtMs + lifeMs - Math.min(MAX_MARGIN_MS, lifeMs / 10);
  const apiUrl = isPlatform ? await findVault(options, base, grant.access_token, signal) : base;
  return { token: grant.access_token, apiUrl, endsAtMs };
}

function toGrant(
  { product, domain }: DelineaProviderOptions,
  { account, password }: Credentials,
): Record<string, string> {
  if (product === 'platform') {
    return { grant_type: 'client_credentials', scope: 'xpmheadless', client_id: account, client_secret: password };
  }
  return { grant_type: 'password', username: account, password, ...(domain === undefined ? {} : { domain }) };
}

async function findVault(
  options: DelineaProviderOptions,
  base: string,
  token: string,
  signal: AbortSignal,
): Promise<string> {
  const url = new URL(`${base}/vaultbroker/api/vaults`);
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const ca = await readCa(options);
  const vault = readVaultUrl(await sendRequest({ provider: PROVIDER, method: 'GET', url, headers, ca, signal }));
  // The token goes there: what Platform names is held to the same rule as what the project file names.
  if (!isSafeUrl(vault)) throw secretReplyInvalid(PROVIDER, 'The address of its vault is not https.');
  return vault.replace(/\/+$/, '');
}

async function readCredentials(options: DelineaProviderOptions, { variables }: ProviderContext): Promise<Credentials> {
  const { accountVariable, passwordVariable, passwordFile } = options;
  const account = options.account ?? variables[accountVariable];
  if (!account) throw noCredentials(`Neither option account nor variable ${accountVariable} is set.`);
  const password = passwordFile === undefined ? variables[passwordVariable] : await readPassword(passwordFile);
  if (!password) throw noCredentials(`Neither option passwordFile nor variable ${passwordVariable} is set.`);
  return { account, password };
}

async function readPassword(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch {
    throw noCredentials(`${path} can't be read.`);
  }
}

async function readCa({ caFile }: DelineaProviderOptions): Promise<string | undefined> {
  if (caFile === undefined) return undefined;
  try {
    return await readFile(caFile, 'utf8');
  } catch {
    throw noCredentials(`${caFile} can't be read.`);
  }
}

function noCredentials(cause: string): SecretFailure {
  return secretCredentialsMissing(PROVIDER, cause, 'Give the agent an account of its own, in a file or its variables.');
}

function isSame(one: Credentials, other: Credentials): boolean {
  return one.account === other.account && one.password === other.password;
}
