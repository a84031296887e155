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
  const forgottenAtMs = new Map<string, number>();
  const closing = new AbortController();

  async function ask(name: string): Promise<SecretDocument> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      return await untilAborted(provider.fetch(name, signal), signal);
    } catch (thrown) {
      throw toFailure(provider.name, thrown, signal);
    }
  }

  async function askAndKeep(name: string, isCurrent: () => boolean): Promise<SecretDocument> {
    const askedAtMs = clock();
    try {
      const document = await ask(name);
      if (isCurrent()) kept.keep(name, document, askedAtMs);
      return document;
    } catch (thrown) {
      if (!(thrown instanceof SecretFailure)) throw thrown;
      outage.note(thrown);
      if (thrown.meaning !== 'unreachable' && isCurrent()) kept.forget(name);
      throw thrown;
    }
  }

  async function find(name: string): Promise<Found> {
    if (provider.isLocal) return { document: await ask(name), outcome: 'fetched' };
    kept.forgetSpent();
    const fresh = kept.findFresh(name);
    if (fresh !== undefined) return { document: fresh, outcome: 'kept' };
    const standIn = outage.isOn() ? kept.findUsable(name) : undefined;
    if (standIn !== undefined) return { document: standIn, outcome: 'stale' };
    try {
      const document = await questions.join(name, (isCurrent) => askAndKeep(name, isCurrent));
      return { document, outcome: 'fetched' };
    } catch (thrown) {
      const stale = isUnreachable(thrown) ? kept.findUsable(name) : undefined;
      if (stale === undefined) throw thrown;
      return { document: stale, outcome: 'stale' };
    }
  }

  return {
    find,
    invalidate: (name) => {
      const lastMs = forgottenAtMs.get(name) ?? Number.NEGATIVE_INFINITY;
      if (clock() - lastMs < policy.ttlSeconds * 1000) return;
      forgottenAtMs.set(name, clock());
      kept.forget(name);
      questions.forget(name);
    },
    close: () => {
      closing.abort();
      kept.clear();
      questions.clear();
    },
  };
}

function isUnreachable(thrown: unknown): boolean {
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
