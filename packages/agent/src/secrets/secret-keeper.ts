// What was fetched, for how long it serves, and who else waits for it. Fails closed: an old value stands in only while
// the provider can't be reached, never once it said "denied" or "deleted", nor after a consumer was refused with it.
import { untilAborted } from '../session/until-aborted.ts';
import { createKeptSecrets, type KeepingPolicy } from './kept-secrets.ts';
import { createOutage } from './outage.ts';
import { SecretFailure, secretUnreachable } from './secret-errors.ts';
import type { SecretDocument, SecretProvider } from './secret-provider.ts';
import { createSharedQuestions } from './shared-questions.ts';

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

/** Keeps what `provider` says, unless asking it costs only a file. */
export function createSecretKeeper({ provider, policy, clock, timeoutMs }: SecretKeeperOptions): SecretKeeper {
  const kept = createKeptSecrets(policy, clock);
  const questions = createSharedQuestions();
  const outage = createOutage(clock);
  const closing = new AbortController();
  const ask = (name: string) =>
    askInTime(provider, name, AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]));

  async function askAndKeep(name: string, isCurrent: () => boolean): Promise<SecretDocument> {
    const askedAtMs = clock();
    try {
      const document = await ask(name);
      if (isCurrent()) kept.keep(name, document, askedAtMs);
      return document;
    } catch (thrown) {
      if (isUnreachable(thrown)) outage.note(thrown);
      else if (isCurrent()) kept.forget(name);
      throw thrown;
    }
  }

  function findKept(name: string): Found | undefined {
    const fresh = kept.findFresh(name);
    if (fresh !== undefined) return { document: fresh, outcome: 'kept' };
    return outage.isOn() ? findStandIn(name) : undefined;
  }

  function findStandIn(name: string): Found | undefined {
    const document = kept.findUsable(name);
    return document && { document, outcome: 'stale' };
  }

  async function findShared(name: string): Promise<Found> {
    try {
      const document = await questions.join(name, (isCurrent) => askAndKeep(name, isCurrent));
      return { document, outcome: 'fetched' };
    } catch (thrown) {
      const standIn = isUnreachable(thrown) ? findStandIn(name) : undefined;
      if (standIn === undefined) throw thrown;
      return standIn;
    }
  }

  return {
    find: async (name) => {
      if (provider.isLocal) return { document: await ask(name), outcome: 'fetched' };
      kept.forgetSpent();
      return findKept(name) ?? findShared(name);
    },
    invalidate: (name) => {
      if (kept.forgetRefused(name)) questions.forget(name);
    },
    close: () => {
      closing.abort();
      kept.clear();
      questions.clear();
    },
  };
}

async function askInTime(provider: SecretProvider, name: string, signal: AbortSignal): Promise<SecretDocument> {
  try {
    return await untilAborted(provider.fetch(name, signal), signal);
  } catch (thrown) {
    throw toFailure(provider.name, thrown, signal);
  }
}

function isUnreachable(thrown: unknown): thrown is SecretFailure {
  return thrown instanceof SecretFailure && thrown.meaning === 'unreachable';
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
