// Secrets of one environment: guard, cache, outage and audit around a provider. Nothing is handed out that wasn't
// audited, and nothing of one store (value, session, token) is seen by another.
import {
  findSecretOwner,
  formatSecretReference,
  type SecretPaths,
  type SecretReference,
  TowpathError,
} from '@towpath/core';
import type { KeepingPolicy } from './kept-secrets.ts';
import { type FailureMeaning, SECRETS_DOCS, SecretFailure, secretFieldMissing } from './secret-errors.ts';
import { secretForeign } from './secret-foreign.ts';
import { createSecretKeeper, type Found, type SecretKeeper } from './secret-keeper.ts';
import type { SecretProvider } from './secret-provider.ts';
import type { SecretValue } from './secret-value.ts';

/** Who asks, and what for: `log` is the agent that takes a secret out of the log of an attempt it adopted. */
export interface SecretConsumer {
  /** Null: the agent itself, for a sink or a target. */
  readonly attemptId: string | null;
  readonly purpose: 'attempt' | 'log' | 'agent';
}

/** How a read ended: with a value, refused by ourselves (`foreign`, `unusable`), or as the provider's failure means. */
export type SecretOutcome = Found['outcome'] | 'foreign' | 'unusable' | FailureMeaning;

/** One question for a secret, as it is audited; never the value. */
export interface SecretRead {
  readonly environment: string;
  readonly provider: string;
  readonly consumer: SecretConsumer;
  readonly reference: SecretReference;
  readonly outcome: SecretOutcome;
  /** Code of the error, null when a value was handed out. */
  readonly code: string | null;
}

export interface SecretStoreOptions {
  readonly environment: string;
  /** Closed with the store. */
  readonly provider: SecretProvider;
  readonly policy: KeepingPolicy;
  readonly paths: SecretPaths;
  /** Called for each read before its value is handed out. What it throws keeps the value back. */
  readonly audit: (read: SecretRead) => void | Promise<void>;
  /** Milliseconds that only grow; default: the host's monotonic clock. */
  readonly clock?: () => number;
  /** For one question to the provider, its login included. */
  readonly timeoutMs?: number;
}

export interface ResolveOptions {
  readonly consumer: SecretConsumer;
  /** Refuses a value by throwing a TowpathError, before it counts as handed out. */
  readonly judge?: (value: SecretValue) => void;
}

export interface SecretStore {
  /**
   * The value behind a reference.
   *
   * @throws TowpathError `SECRET_…`, see docs/reference/secrets.md; what `judge` throws
   */
  resolve(reference: SecretReference, options: ResolveOptions): Promise<SecretValue>;
  /** To be called when a consumer was refused with the value: the next read asks anew, at most once per time to live. */
  invalidate(reference: SecretReference): void;
  /** Forgets all and ends what is under way. Idempotent. */
  close(): void;
}

/** A provider in another part of the world answers within a second or two; at ten it is down, and starts wait for it. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** Opens the secrets of an environment; whoever opens it closes it. */
export function createSecretStore(options: SecretStoreOptions): SecretStore {
  const { environment, provider, policy, audit, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const { clock = () => performance.now() } = options;
  const keeper = createSecretKeeper({ provider, policy, clock, timeoutMs });
  let isClosed = false;

  async function resolve(reference: SecretReference, { consumer, judge }: ResolveOptions): Promise<SecretValue> {
    if (isClosed) throw storeClosed();
    const result = judgeResult(await tryRead(options, keeper, reference), judge);
    const code = 'error' in result ? result.error.code : null;
    const facts = { environment, provider: provider.name, consumer, reference };
    await auditOrRefuse(audit, { ...facts, outcome: result.outcome, code });
    if ('error' in result) throw result.error;
    return result.value;
  }

  return {
    resolve,
    invalidate: ({ name }) => keeper.invalidate(name),
    close: () => {
      isClosed = true;
      keeper.close();
      provider.close();
    },
  };
}

type ReadResult =
  | { readonly outcome: SecretOutcome; readonly value: SecretValue }
  | { readonly outcome: SecretOutcome; readonly error: TowpathError };

async function tryRead(
  { environment, provider, paths }: SecretStoreOptions,
  keeper: SecretKeeper,
  reference: SecretReference,
): Promise<ReadResult> {
  const path = provider.toPath(reference.name);
  const owner = path === undefined ? undefined : findSecretOwner(path, environment, paths);
  if (owner !== undefined) {
    return { outcome: 'foreign', error: secretForeign(formatSecretReference(reference), environment, owner) };
  }
  try {
    const { document, outcome } = await keeper.find(reference.name);
    return { outcome, value: takeValue(document, reference) };
  } catch (thrown) {
    if (thrown instanceof SecretFailure) return { outcome: thrown.meaning, error: thrown };
    throw thrown;
  }
}

function judgeResult(result: ReadResult, judge: ResolveOptions['judge']): ReadResult {
  if ('error' in result) return result;
  try {
    judge?.(result.value);
    return result;
  } catch (thrown) {
    if (thrown instanceof TowpathError) return { outcome: 'unusable', error: thrown };
    throw thrown;
  }
}

function takeValue(document: Found['document'], reference: SecretReference): SecretValue {
  const { field } = reference;
  const value = field === undefined ? document.whole() : document.field(field);
  if (value !== undefined) return value;
  const cause =
    field === undefined ? 'The secret has several fields, or none.' : `The secret has no usable field ${field}.`;
  throw secretFieldMissing(reference, cause);
}

/** An error of the audit is not passed on: the store can't know what it quotes. */
async function auditOrRefuse(audit: SecretStoreOptions['audit'], read: SecretRead): Promise<void> {
  try {
    await audit(read);
  } catch {
    throw new TowpathError({
      code: 'SECRET_AUDIT_FAILED',
      message: `${formatSecretReference(read.reference)} is kept back, because its reading can't be audited.`,
      cause: 'The audit of secret reads failed.',
      fix: 'See the log of the agent; reads go on once the audit works.',
      docs: SECRETS_DOCS,
    });
  }
}

function storeClosed(): TowpathError {
  return new TowpathError({
    code: 'SECRET_STORE_CLOSED',
    message: 'Secrets are asked for while the agent ends.',
    cause: 'The store of secrets is closed.',
    fix: 'Try the attempt again.',
    docs: SECRETS_DOCS,
  });
}
