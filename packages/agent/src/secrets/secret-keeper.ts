// What was fetched, for how long it serves, and who else waits for it. Fails closed: an old value stands in only while
// the provider can't be reached, never once it said "denied" or "deleted", nor after a consumer was refused with it.
import { untilAborted } from '../session/until-aborted.ts';
import { decideKeptState, type KeepingPolicy, type KeptSecret } from './kept-secret.ts';
import { SecretFailure, secretUnreachable } from './secret-errors.ts';
import type { SecretDocument, SecretProvider } from './secret-provider.ts';

/** `fetched` by this question or one under way, `kept` within its time to live, `stale` for want of the provider. */
export interface Found {
  readonly document: SecretDocument;
  readonly outcome: 'fetched' | 'kept' | 'stale';
}

export interface SecretKeeper {
  /** @throws SecretFailure */
  find(name: string): Promise<Found>;
  /** Forgets a value that a consumer was refused with; at most once per time to live, else it changes nothing. */
  invalidate(name: string): void;
  close(): void;
}

export interface SecretKeeperOptions {
  readonly provider: SecretProvider;
  readonly policy: KeepingPolicy;
  /** Milliseconds that only grow. */
  readonly clock: () => number;
  readonly timeoutMs: number;
}

/**
 * After the provider couldn't be reached, kept values stand in for so long before it is asked again: otherwise each start
 * of an attempt would wait for the time limit all through an outage. A longer `Retry-After` is obeyed up to the maximum.
 */
const OUTAGE_PAUSE_MS = 15_000;
const MAX_OUTAGE_PAUSE_MS = 300_000;

/** Keeps what `provider` says; one question per name is under way at a time, unless asking costs only a file. */
export function createSecretKeeper({ provider, policy, clock, timeoutMs }: SecretKeeperOptions): SecretKeeper {
  const kept = new Map<string, KeptSecret>();
  const flights = new Map<string, Promise<SecretDocument>>();
  const forgottenAtMs = new Map<string, number>();
  const closing = new AbortController();
  let pausedUntilMs = Number.NEGATIVE_INFINITY;

  const stateOf = (name: string) => {
    const entry = kept.get(name);
    return entry === undefined ? 'spent' : decideKeptState(entry.askedAtMs, clock(), policy);
  };

  async function ask(name: string): Promise<SecretDocument> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      return await untilAborted(provider.fetch(name, signal), signal);
    } catch (thrown) {
      throw toFailure(provider.name, thrown, signal);
    }
  }

  function takeOff(name: string): Promise<SecretDocument> {
    const askedAtMs = clock();
    // An answer to a question from before `invalidate` may be the refused value: it is delivered, but not kept.
    const isCurrent = () => flights.get(name) === flight;
    const flight = ask(name)
      .then((document) => {
        if (isCurrent()) kept.set(name, { document, askedAtMs });
        return document;
      })
      .catch((failure: SecretFailure) => {
        if (failure.meaning !== 'unreachable' && isCurrent()) kept.delete(name);
        throw failure;
      })
      .finally(() => {
        if (isCurrent()) flights.delete(name);
      });
    flights.set(name, flight);
    return flight;
  }

  function standIn(name: string, failure?: SecretFailure): Found | undefined {
    const isOutage = failure === undefined ? clock() < pausedUntilMs : failure.meaning === 'unreachable';
    const entry = kept.get(name);
    return isOutage && entry !== undefined && stateOf(name) !== 'spent'
      ? { document: entry.document, outcome: 'stale' }
      : undefined;
  }

  function pause(failure: SecretFailure): void {
    if (failure.meaning !== 'unreachable') return;
    const wantedMs = Math.max(OUTAGE_PAUSE_MS, failure.retryAfterMs ?? 0);
    pausedUntilMs = clock() + Math.min(wantedMs, MAX_OUTAGE_PAUSE_MS);
  }

  function forgetSpent(): void {
    for (const name of kept.keys()) if (stateOf(name) === 'spent') kept.delete(name);
  }

  async function find(name: string): Promise<Found> {
    if (provider.isLocal) return { document: await ask(name), outcome: 'fetched' };
    forgetSpent();
    const entry = kept.get(name);
    if (entry !== undefined && stateOf(name) === 'fresh') return { document: entry.document, outcome: 'kept' };
    const early = standIn(name);
    if (early !== undefined) return early;
    try {
      return { document: await (flights.get(name) ?? takeOff(name)), outcome: 'fetched' };
    } catch (thrown) {
      const failure = toFailure(provider.name, thrown, closing.signal);
      pause(failure);
      const late = standIn(name, failure);
      if (late !== undefined) return late;
      throw failure;
    }
  }

  return {
    find,
    invalidate: (name) => {
      const windowMs = policy.ttlSeconds * 1000;
      if (clock() - (forgottenAtMs.get(name) ?? Number.NEGATIVE_INFINITY) < windowMs) return;
      forgottenAtMs.set(name, clock());
      kept.delete(name);
      flights.delete(name);
    },
    close: () => {
      closing.abort();
      kept.clear();
      flights.clear();
    },
  };
}

/** What a provider throws besides its failures may quote a secret: only its kind is told. */
function toFailure(provider: string, thrown: unknown, signal: AbortSignal): SecretFailure {
  if (thrown instanceof SecretFailure) return thrown;
  if (signal.aborted) return secretUnreachable(provider, 'It did not answer in time.');
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  return new SecretFailure('broken', {
    code: 'SECRET_PROVIDER_FAILED',
    message: `${provider} failed in a way Towpath did not expect.`,
    cause: kind,
    fix: 'Report this; the error itself is not shown, as it may hold a secret.',
  });
}
