// The secrets of one attempt: fetched as late as possible, put into its variables, and known to the redactor of all it says.
import { type ErrorFacts, formatSecretReference, parseSecretReference, toErrorFacts } from '@towpath/core';
import type { PlannedAttempt } from '../attempts/attempt-specification.ts';
import type { HeldAttempt } from '../executors/executor.ts';
import type { ReadSecret } from './environment-secrets.ts';
import { BLIND_REDACTOR, type Redactor } from './redaction/create-redactor.ts';
import type { RedactorCache } from './redaction/redactor-cache.ts';
import { type AttemptSecret, findNotes, isNoted, noteSecrets, type SecretNotes } from './redaction/secret-notes.ts';
import { secretChanged } from './secret-errors.ts';
import { SecretValue } from './secret-value.ts';

export interface AttemptSecretsOptions {
  readonly readSecret: ReadSecret;
  readonly redactors: RedactorCache;
  readonly agent: {
    readonly environmentVariables: Readonly<Record<string, string>>;
    /** Variables whose text is the secret itself. */
    readonly secretVariables?: readonly string[] | undefined;
  };
  /** The agent is gone; nothing is asked any more. */
  readonly ended: AbortSignal;
  readonly log: (line: string) => void;
}

/** What is known of an attempt before its secrets are. */
export interface SecretPlan extends Pick<PlannedAttempt, 'references'> {
  readonly specification: Pick<PlannedAttempt['specification'], 'attemptId' | 'environmentVariables'>;
}

/** What an attempt is given of secrets, or why it must not start. */
export interface FetchedSecrets {
  readonly texts: Readonly<Record<string, string>>;
  readonly redactor: Redactor;
  /** For the agent that adopts it. */
  readonly notes: SecretNotes | undefined;
  readonly problem?: ErrorFacts;
}

/** Fetches them; each reference once, for all variables that hold it. Rejects only when the agent ends. */
export async function fetchSecrets(options: AttemptSecretsOptions, planned: SecretPlan): Promise<FetchedSecrets> {
  const given = listGiven(options, planned);
  try {
    const read = await readReferences(options, planned);
    const secrets = [...given, ...read.map(({ origin, text }) => ({ origin, text }))];
    const texts = Object.fromEntries(read.flatMap(({ variables, text }) => variables.map((name) => [name, text])));
    return { texts, redactor: toRedactor(options, secrets), notes: noteSecrets(secrets) };
  } catch (thrown) {
    if (options.ended.aborted) throw thrown;
    return { texts: {}, redactor: toRedactor(options, given), notes: undefined, problem: toErrorFacts(thrown) };
  }
}

/**
 * The redactor of an attempt that an earlier agent started: the same secrets are fetched again. Where that fails, or where one was
 * changed meanwhile, nobody here knows what the attempt may print; then all of it is masked. Never rejects.
 */
export async function recoverRedactor(
  options: AttemptSecretsOptions,
  held: Pick<HeldAttempt, 'attemptId' | 'note'>,
): Promise<Redactor> {
  const notes = findNotes(held.note);
  if (notes === undefined) return options.redactors.get([]);
  try {
    const secrets = await Promise.all(notes.secrets.map(({ origin }) => findAgain(options, held.attemptId, origin)));
    if (!secrets.every((secret) => isNoted(notes, secret))) throw secretChanged();
    return toRedactor(options, secrets);
  } catch (thrown) {
    const { code, message } = toErrorFacts(thrown);
    options.log(`attempt ${held.attemptId}: its log and its result are masked from here on (${code}: ${message})`);
    return BLIND_REDACTOR;
  }
}

type ReadReference = AttemptSecret & { readonly variables: readonly string[] };

function readReferences(
  { readSecret }: AttemptSecretsOptions,
  { references, specification: { attemptId } }: SecretPlan,
): Promise<ReadReference[]> {
  const byText = Map.groupBy(references, ([, reference]) => formatSecretReference(reference));
  return Promise.all(
    [...byText].map(async ([origin, [first, ...others]]) => {
      if (first === undefined) throw new Error('unreachable: a group has a member');
      const variables = [first, ...others].map(([name]) => name);
      return { origin, variables, text: await readSecret(first[1], { attemptId, purpose: 'attempt', variables }) };
    }),
  );
}

/** Not what a task has set in its place: that is part of its code. */
function listGiven({ agent }: AttemptSecretsOptions, { references, specification }: SecretPlan): AttemptSecret[] {
  return (agent.secretVariables ?? []).flatMap((origin) => {
    const text = agent.environmentVariables[origin];
    const isGiven = text !== undefined && text !== '' && specification.environmentVariables[origin] === text;
    return isGiven && !references.has(origin) ? [{ origin, text }] : [];
  });
}

async function findAgain(
  { readSecret, agent }: AttemptSecretsOptions,
  attemptId: string,
  origin: string,
): Promise<AttemptSecret> {
  const reference = parseSecretReference(origin);
  if (reference === undefined) return { origin, text: agent.environmentVariables[origin] ?? '' };
  return { origin, text: await readSecret(reference, { attemptId, purpose: 'log', variables: [] }) };
}

function toRedactor({ redactors }: AttemptSecretsOptions, secrets: readonly AttemptSecret[]): Redactor {
  return redactors.get(secrets.map(({ origin, text }) => ({ name: origin, value: new SecretValue(text) })));
}
