// What is wrong with a server's certificate, from what TLS saw of it.

/** What TLS saw. */
export interface SeenCertificate {
  readonly validFromMs: number;
  readonly validToMs: number;
  /** Why the name that was asked for is not one of the certificate's; undefined: it is. */
  readonly nameProblem: string | undefined;
  /** Code of the first thing that verification did not like: `DEPTH_ZERO_SELF_SIGNED_CERT`; undefined: it liked all. */
  readonly trustProblem: string | undefined;
}

/** One thing that is wrong, or will be. */
export interface CertificateProblem {
  readonly status: 'note' | 'problem';
  readonly code: string;
  readonly text: string;
  readonly fix: string;
}

const DAY_MS = 24 * 3600 * 1000;

/** What these say is told by dates and name. */
const TOLD_OTHERWISE = /^(?:CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/** Judges it at an instant; nothing is said of a certificate that holds for `noteDays` more. */
export function judgeCertificate(
  seen: SeenCertificate,
  nowMs: number,
  noteDays: number,
): readonly CertificateProblem[] {
  const problems = [judgeDates(seen, nowMs, noteDays), judgeName(seen), judgeTrust(seen, nowMs)];
  return problems.flatMap((problem) => (problem === undefined ? [] : [problem]));
}

function judgeDates(
  { validFromMs, validToMs }: SeenCertificate,
  nowMs: number,
  noteDays: number,
): CertificateProblem | undefined {
  const fix = 'Renew it at the server, and look why it was not renewed by itself.';
  if (validToMs <= nowMs)
    return { status: 'problem', code: 'CERTIFICATE_EXPIRED', text: `It expired on ${dayOf(validToMs)}.`, fix };
  if (validFromMs > nowMs)
    return {
      status: 'problem',
      code: 'CERTIFICATE_NOT_YET_VALID',
      text: `It is valid from ${dayOf(validFromMs)} on.`,
      fix: 'Look whether the clock of this machine is right; else wait, or use another certificate.',
    };
  const days = Math.floor((validToMs - nowMs) / DAY_MS);
  if (days >= noteDays) return undefined;
  return { status: 'note', code: 'CERTIFICATE_EXPIRES', text: `It expires on ${dayOf(validToMs)}.`, fix };
}

function judgeName({ nameProblem }: SeenCertificate): CertificateProblem | undefined {
  if (nameProblem === undefined) return undefined;
  return {
    status: 'problem',
    code: 'CERTIFICATE_WRONG_NAME',
    text: `It is of another name: ${nameProblem}.`,
    fix: 'Use the name that the certificate has, or one that has this name.',
  };
}

function judgeTrust({ trustProblem, validToMs }: SeenCertificate, nowMs: number): CertificateProblem | undefined {
  const isTold = trustProblem !== undefined && TOLD_OTHERWISE.test(trustProblem);
  // An authority of it may have expired although it has not.
  if (trustProblem === undefined || (isTold && !(trustProblem === 'CERT_HAS_EXPIRED' && validToMs > nowMs)))
    return undefined;
  const isSelfSigned = trustProblem === 'DEPTH_ZERO_SELF_SIGNED_CERT';
  return {
    status: 'problem',
    code: isSelfSigned ? 'CERTIFICATE_SELF_SIGNED' : 'CERTIFICATE_UNTRUSTED',
    text: isSelfSigned
      ? 'It is signed by itself, so anybody could have made it.'
      : `Its authority is not trusted here (${trustProblem}).`,
    fix: 'Trust its authority: NODE_EXTRA_CA_CERTS=FILE, or `caFile` of the provider of secrets; or use one of a public authority.',
  };
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
