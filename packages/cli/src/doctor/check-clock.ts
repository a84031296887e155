// Leases, schedules and certificates all compare clocks: ours with the server's and with those of the databases.
import { createClient, GetHealth } from '@towpath/api';
import { findInstance } from '../instance/instance-record.ts';
import { askPostgres } from './ask-postgres.ts';
import type { Check, CheckSubject, Finding } from './check.ts';
import { listDatabases } from './list-databases.ts';

const TIMEOUT_MS = 5_000;
/** A Date header has whole seconds, cut off. */
const HEADER_STEP_MS = 1_000;

/** A clock, compared with ours. */
interface SeenClock {
  readonly whose: string;
  readonly aheadMs: number;
  readonly uncertainMs: number;
}

/** Do the clocks of server and databases say what ours says? Who does not answer is told of by other checks. */
export const checkClock: Check = async (subject) => {
  const seen = (await Promise.all([readServer(subject), readDatabases(subject)])).flat();
  const { clockToleranceMs } = subject.limits;
  const wrong = seen.filter(({ aheadMs, uncertainMs }) => Math.abs(aheadMs) - uncertainMs > clockToleranceMs);
  if (wrong.length > 0) return wrong.map(toFinding);
  const text = seen.length === 0 ? 'nobody to compare with' : `as ${seen.map(({ whose }) => whose).join(', ')}`;
  return [{ subject: 'clock', status: 'ok', text }];
};

async function readServer({ variables, stateFolder, now, signal }: CheckSubject): Promise<readonly SeenClock[]> {
  const address = variables.TOWPATH_SERVER || findInstance(stateFolder)?.url;
  if (!address) return [];
  try {
    const client = createClient({ baseUrl: address.replace(/\/+$/, '') });
    const askedAtMs = now();
    const answer = await client.send(GetHealth, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
    const roundTripMs = now() - askedAtMs;
    const itsMs = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isNaN(itsMs)) return [];
    const aheadMs = itsMs + HEADER_STEP_MS / 2 - (askedAtMs + roundTripMs / 2);
    return [{ whose: 'the server', aheadMs, uncertainMs: (HEADER_STEP_MS + roundTripMs) / 2 }];
  } catch {
    return [];
  }
}

async function readDatabases(subject: CheckSubject): Promise<readonly SeenClock[]> {
  const found = (await listDatabases(subject)).map(async (database): Promise<readonly SeenClock[]> => {
    const { aheadMs, roundTripMs } = await askPostgres(database.config, subject.now);
    return [{ whose: `PostgreSQL (${database.subject})`, aheadMs, uncertainMs: roundTripMs / 2 }];
  });
  return (await Promise.all(found.map((one) => one.catch(() => [])))).flat();
}

function toFinding({ whose, aheadMs }: SeenClock): Finding {
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  return {
    subject: 'clock',
    status: 'problem',
    text: `This machine's clock is ${seconds} s ${aheadMs > 0 ? 'behind' : 'ahead of'} that of ${whose}.`,
    fix: 'Set both by NTP: `timedatectl` (Linux) or Date & Time in the settings (macOS) says whether it is on.',
    code: 'CLOCK_WRONG',
  };
}
