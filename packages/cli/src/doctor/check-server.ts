// Can this machine's agent, or its person, reach the server that TOWPATH_SERVER names, with the credential that is set?
import { requireExpected } from '@towpath/agent';
import { type Client, createClient, GetHealth, GetSession, type SessionView } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import { parseServerAddress } from '../connection/connect.ts';
import { VERSION } from '../version.ts';
import type { Check, CheckSubject, Finding } from './check.ts';
import { toErrorFinding } from './to-finding.ts';

/** A server on the other side of the world answers within one; what hangs longer is away. */
const TIMEOUT_MS = 5_000;

/** Does the server answer, does it fit this version, and does it accept the tokens? */
export const checkServer: Check = async (subject) => {
  const { TOWPATH_SERVER, TOWPATH_AGENT_TOKEN } = subject.variables;
  if (!TOWPATH_SERVER) return TOWPATH_AGENT_TOKEN ? [addressMissing()] : [{ ...OK, text: 'TOWPATH_SERVER is not set' }];
  try {
    const baseUrl = parseServerAddress(TOWPATH_SERVER);
    const { version } = await inTime(subject, baseUrl, (signal) =>
      createClient({ baseUrl }).call(GetHealth, { signal }),
    );
    const credentials = await Promise.all(TOKENS.map((name) => checkToken(subject, baseUrl, name)));
    return [judgeVersion(version), ...credentials.flat()];
  } catch (thrown) {
    return [toErrorFinding('server', thrown)];
  }
};

const OK = { subject: 'server', status: 'ok' } as const;

const TOKENS = ['TOWPATH_AGENT_TOKEN', 'TOWPATH_TOKEN'] as const;

async function checkToken(
  subject: CheckSubject,
  baseUrl: string,
  name: (typeof TOKENS)[number],
): Promise<readonly Finding[]> {
  const token = subject.variables[name];
  if (!token) return [];
  try {
    // fetch would quote a malformed header, and with it the token.
    if (!/^[\x21-\x7e]+$/.test(token)) throw tokenInvalid(name);
    const headers = () => ({ authorization: `Bearer ${token}` });
    const client: Client = createClient({ baseUrl, headers });
    const session = await inTime(subject, baseUrl, (signal) => client.call(GetSession, { signal }));
    if (name === 'TOWPATH_AGENT_TOKEN') judgeAgent(session, subject);
    return [{ subject: name, status: 'ok', text: `accepted as ${session.name} (${session.role ?? 'no role'})` }];
  } catch (thrown) {
    return [toErrorFinding(name, thrown, `Set ${name} to a token of that server.`)];
  }
}

/** @throws TowpathError `AGENT_TOKEN_WRONG`, `ENVIRONMENT_MISMATCH` */
function judgeAgent({ name, role, environment }: SessionView, { selection }: CheckSubject): void {
  if (role !== 'agent') throw tokenOfPerson(name, role ?? 'no role');
  const expected = selection.environment?.configuration.environment.name;
  if (environment !== undefined) requireExpected({ name: environment }, expected);
}

async function inTime<T>(
  { signal }: CheckSubject,
  baseUrl: string,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await ask(AbortSignal.any([signal, late]));
  } catch (thrown) {
    if (!late.aborted) throw thrown;
    throw new TowpathError({
      code: 'SERVER_UNREACHABLE',
      message: `No server answers at ${baseUrl}.`,
      cause: `There was no answer within ${TIMEOUT_MS / 1000} s.`,
      fix: 'Look whether a firewall or a proxy lies between, and whether the server is overloaded.',
    });
  }
}

/** Servers are upgraded before agents: an older server may not know what we say. */
function judgeVersion(version: string): Finding {
  const order = compareVersions(version, VERSION);
  if (order === 0) return { ...OK, text: `version ${version} answers` };
  const isOlder = order < 0;
  return {
    subject: 'server',
    status: isOlder ? 'problem' : 'note',
    text: `The server is version ${version}, this is ${VERSION}.`,
    fix: isOlder ? 'Upgrade the server first, or use the version of the server here.' : 'Upgrade here, too.',
    code: isOlder ? 'SERVER_TOO_OLD' : 'SERVER_NEWER',
  };
}

/** Negative when the first is older, by major, minor and patch. */
function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  const differences = (a ?? []).map((part, at) => part - (b?.[at] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

function addressMissing(): Finding {
  return {
    subject: 'server',
    status: 'problem',
    text: 'TOWPATH_AGENT_TOKEN is set, but TOWPATH_SERVER is not, so the agent reaches no server.',
    fix: 'Set TOWPATH_SERVER to the address of the server.',
    code: 'AGENT_SETTING_MISSING',
  };
}

function tokenInvalid(name: string): TowpathError {
  return new TowpathError({
    code: 'TOKEN_INVALID',
    message: `${name} holds characters that no token has.`,
    fix: `Set ${name} to a token of that server, in one line.`,
  });
}

function tokenOfPerson(name: string, role: string): TowpathError {
  return new TowpathError({
    code: 'AGENT_TOKEN_WRONG',
    message: `TOWPATH_AGENT_TOKEN is the token of a person (${name}, ${role}).`,
    fix: 'Make one for the agent: `npx towpath server issue-agent-token`.',
  });
}
