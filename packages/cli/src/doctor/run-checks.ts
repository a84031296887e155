// All checks at once. One that throws or hangs is a finding like any other: doctor itself always ends.
import type { NamedCheck } from './all-checks.ts';
import type { Check, CheckSubject, Finding } from './check.ts';
import { toErrorFinding } from './to-finding.ts';

/** With the start of the process it stays below 15 s; a place that answers later than this is of no use to an attempt. */
const CHECK_TIMEOUT_MS = 12_000;

/** Runs them side by side; findings come in the order of the checks. Takes `timeoutMs` at most. Never rejects. */
export async function runChecks(
  checks: readonly NamedCheck[],
  subject: Omit<CheckSubject, 'signal'>,
  timeoutMs = CHECK_TIMEOUT_MS,
): Promise<readonly Finding[]> {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), timeoutMs);
  try {
    const { signal } = ending;
    const findings = checks.map((check) => runCheck(check, { ...subject, signal }, timeoutMs));
    return (await Promise.all(findings)).flat();
  } finally {
    clearTimeout(timer);
    // Whatever still waits for somebody is let go.
    ending.abort();
  }
}

async function runCheck(
  { name, load }: NamedCheck,
  subject: CheckSubject,
  timeoutMs: number,
): Promise<readonly Finding[]> {
  const late = Promise.withResolvers<readonly Finding[]>();
  subject.signal.addEventListener('abort', () => late.resolve([timedOut(name, timeoutMs)]), { once: true });
  try {
    return await Promise.race([load().then((check: Check) => check(subject)), late.promise]);
  } catch (thrown) {
    return [failed(name, thrown)];
  }
}

function timedOut(subject: string, timeoutMs: number): Finding {
  return {
    subject,
    status: 'problem',
    text: `This check got no answer within ${Math.ceil(timeoutMs / 1000)} s.`,
    fix: `Look whether what it asks hangs or is unreachable; \`npx towpath doctor --only ${subject}\` asks that alone.`,
    code: 'CHECK_TIMED_OUT',
  };
}

function failed(subject: string, thrown: unknown): Finding {
  const { text, fix } = toErrorFinding(
    subject,
    thrown,
    'Report this with the output; the other checks are not affected.',
  );
  return {
    subject,
    status: 'problem',
    text: `This check could not be done. ${text}`,
    fix,
    code: 'CHECK_FAILED',
  };
}
