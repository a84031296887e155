// A finish as the route answers it: a session that had fallen silent renews its lease by it, and asks again.
import type { FinishedAttempt, SentGrant } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { SessionKey } from '../agents/operations/find-session.ts';
import { renewSessionLease } from '../agents/transactions/renew-session-lease.ts';
import type { ServerContext } from '../http/server-context.ts';
import type { FinishVerdict } from './judge-repeated.ts';
import { claimAttempts } from './transactions/claim-attempts.ts';
import { finishAttempts } from './transactions/finish-attempts.ts';
import { type AskedSlots, limitSlots } from './wait-for-claim.ts';

/** A session of an agent of that environment. */
export interface ReportingSession extends SessionKey {
  readonly environment: string;
}

/** Reports of one session, and how many slots it has now. */
export interface FinishReport extends AskedSlots {
  readonly attempts: readonly FinishedAttempt[];
}

/**
 * Takes the reports and answers with the next grants.
 *
 * @throws TowpathError `SESSION_UNKNOWN`; `LOG_INCOMPLETE` after the other reports were taken
 */
export async function finishAndClaim(
  context: ServerContext,
  session: ReportingSession,
  { attempts: reports, ...asked }: FinishReport,
): Promise<{ stale: string[]; attempts: SentGrant[] }> {
  const slots = limitSlots(context.hints, { ...session, ...asked });
  const { verdicts, attempts, isSilent } = await finishAttempts(context.pool, { session, reports, slots });
  const listOf = (verdict: FinishVerdict) => [...verdicts].filter(([, given]) => given === verdict).map(([id]) => id);
  const incomplete = listOf('log-incomplete');
  if (incomplete.length > 0) throw logIncomplete(incomplete);
  const granted = isSilent && slots > 0 ? await claimAfterSilence(context, session, slots) : [...attempts];
  return { stale: listOf('stale'), attempts: granted };
}

async function claimAfterSilence(
  context: ServerContext,
  session: ReportingSession,
  slots: number,
): Promise<SentGrant[]> {
  try {
    // Who asks for work lives; a silent session must hold nothing that is not uncertain.
    await renewSessionLease(context, session);
    const request = { ...session, slots, redeliverAfterSeconds: context.leaseSeconds };
    return (await claimAttempts(context.pool, request)).attempts;
  } catch (thrown) {
    // The reports of an ended session are answered (as stale); there is just nothing more for it.
    if (thrown instanceof TowpathError && thrown.code === 'SESSION_ENDED') return [];
    throw thrown;
  }
}

function logIncomplete(attemptIds: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'LOG_INCOMPLETE',
    message: 'An attempt can not end before its log has arrived.',
    cause: `The server has fewer bytes than \`logLengthBytes\` says, of: ${attemptIds.join(', ')}.`,
    fix: 'Append the rest of the log, then report the finish again.',
  });
}
