import { readFile } from 'node:fs/promises';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { TowpathError } from '@towpath/core';
import type { Check, CheckSubject, Finding } from './check.ts';
import { judgeCertificate, type SeenCertificate } from './judge-certificate.ts';
import { listTlsEndpoints, type TlsEndpoint } from './list-tls-endpoints.ts';
import { toErrorFinding } from './to-finding.ts';

const TIMEOUT_MS = 5_000;

/** Would a client accept the certificate of every declared server, and for how much longer? Nothing is sent to them. */
export const checkCertificates: Check = async (subject) => {
  const endpoints = listTlsEndpoints(subject);
  if (endpoints.length === 0)
    return [{ subject: 'certificates', status: 'ok', text: 'no server with TLS is declared' }];
  return (await Promise.all(endpoints.map((endpoint) => checkEndpoint(subject, endpoint)))).flat();
};

async function checkEndpoint(
  { now, limits, signal }: CheckSubject,
  endpoint: TlsEndpoint,
): Promise<readonly Finding[]> {
  const subject = `certificate of ${endpoint.label}`;
  try {
    const seen = await look(endpoint, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
    const problems = judgeCertificate(seen, now(), limits.certificateDays);
    if (problems.length > 0) return problems.map((problem) => ({ subject, ...problem }));
    return [{ subject, status: 'ok', text: `valid until ${new Date(seen.validToMs).toISOString().slice(0, 10)}` }];
  } catch (thrown) {
    return [toUnseen(subject, endpoint, thrown)];
  }
}

/** Ends the handshake without sending a byte of ours. Whatever the certificate is, it is looked at, not trusted. */
async function look(endpoint: TlsEndpoint, signal: AbortSignal): Promise<SeenCertificate> {
  const { host, port, caFile } = endpoint;
  const ca = caFile === undefined ? undefined : await readAuthority(caFile);
  return await new Promise((resolve, reject) => {
    const trust = ca === undefined ? {} : { ca };
    const socket = connect({ host, port, rejectUnauthorized: false, ...trust }, () => {
      resolve(describe(socket, endpoint));
      socket.destroy();
    });
    socket.on('error', reject);
    signal.addEventListener('abort', () => socket.destroy(new Error('it did not answer in time')), { once: true });
    socket.on('close', () => reject(new Error('it ended the connection')));
  });
}

function describe(socket: TLSSocket, { host, isSecret }: TlsEndpoint): SeenCertificate {
  const certificate = socket.getPeerCertificate();
  return {
    validFromMs: Date.parse(certificate.valid_from),
    validToMs: Date.parse(certificate.valid_to),
    nameProblem: describeName(checkServerIdentity(host, certificate), isSecret),
    trustProblem: socket.authorized ? undefined : toCode(socket.authorizationError),
  };
}

type NameProblem = (Error & { readonly reason?: string }) | undefined;

function describeName(problem: NameProblem, isSecret: boolean): string | undefined {
  if (problem === undefined) return undefined;
  return isSecret
    ? 'its address is secret, so neither is shown'
    : (problem.reason ?? problem.message).replace(/\.$/, '');
}

async function readAuthority(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch {
    throw new TowpathError({
      code: 'CA_FILE_UNREADABLE',
      message: `${path}, the caFile of the provider of secrets, can't be read.`,
      fix: 'Correct the path, or the rights of the file.',
    });
  }
}

/** Declared as an error; it is a code in fact. */
function toCode(problem: unknown): string {
  if (problem instanceof Error && 'code' in problem) return String(problem.code);
  return String(problem);
}

function toUnseen(subject: string, { isAskedElsewhere }: TlsEndpoint, thrown: unknown): Finding {
  if (thrown instanceof TowpathError) return toErrorFinding(subject, thrown);
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const why = code || (thrown instanceof Error ? thrown.message : String(thrown));
  if (/^(?:EPROTO|ERR_SSL)/.test(code))
    return {
      subject,
      status: 'problem',
      text: `What listens there does not speak TLS as we do (${why}).`,
      fix: 'Correct scheme or port of its address.',
      code: 'TLS_FAILED',
    };
  // That its host has no address is told by the check of addresses.
  if (isAskedElsewhere || /^(?:ENOTFOUND|EAI_AGAIN)$/.test(code))
    return { subject, status: 'ok', text: `not seen: ${why}` };
  return {
    subject,
    status: 'note',
    text: `It was not seen, because its server did not answer (${why}).`,
    fix: 'Look whether its address is right, and whether it can be reached from here.',
    code: 'CERTIFICATE_UNSEEN',
  };
}
