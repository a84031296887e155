// What can go wrong with a secret, as errors with an identity. None carries a foreign error as its cause: messages of
// parsers and clients quote what they choked on, and that is the secret.
import { formatSecretReference, type SecretReference, TowpathError } from '@towpath/core';

/** Page of the documentation that explains the codes. */
export const SECRETS_DOCS = 'reference/secrets.md';

/**
 * What a failed fetch says about the secret itself. Only `unreachable` says nothing about it, and only then may a value
 * that was fetched earlier stand in.
 */
export type FailureMeaning = 'denied' | 'missing' | 'unreachable' | 'broken';

/** A failed fetch. */
export class SecretFailure extends TowpathError {
  readonly meaning: FailureMeaning;
  /** How long the provider asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(meaning: FailureMeaning, facts: FailureFacts) {
    super({ ...facts, docs: SECRETS_DOCS });
    this.name = 'SecretFailure';
    this.meaning = meaning;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

interface FailureFacts {
  readonly code: string;
  readonly message: string;
  readonly cause: string;
  readonly fix: string;
  readonly retryAfterMs?: number | undefined;
}

/** The provider knows who asks and says no. */
export function secretDenied(name: string, cause: string, fix: string): SecretFailure {
  return new SecretFailure('denied', { code: 'SECRET_DENIED', message: `Secret ${name} is denied.`, cause, fix });
}

/** A person has to do something first: check it out, approve, leave a comment. */
export function secretNeedsPerson(name: string, cause: string, fix: string): SecretFailure {
  const message = `Secret ${name} is only given to a person.`;
  return new SecretFailure('denied', { code: 'SECRET_NEEDS_PERSON', message, cause, fix });
}

/** The provider doesn't accept the agent's own credentials. */
export function secretLoginRefused(provider: string, cause: string, fix: string): SecretFailure {
  const message = `${provider} refuses the agent's own credentials.`;
  return new SecretFailure('denied', { code: 'SECRET_LOGIN_REFUSED', message, cause, fix });
}

/** There is none of this name, or it was deleted. */
export function secretMissing(name: string, cause: string, fix: string): SecretFailure {
  const message = `There is no secret ${name}.`;
  return new SecretFailure('missing', { code: 'SECRET_MISSING', message, cause, fix });
}

/** Network trouble, a time limit, a server error: nothing is said about the secret. */
export function secretUnreachable(provider: string, cause: string, retryAfterMs?: number): SecretFailure {
  return new SecretFailure('unreachable', {
    code: 'SECRET_PROVIDER_UNREACHABLE',
    message: `${provider} can't be asked for secrets now.`,
    cause,
    fix: 'Look whether it is up and reachable from the agent; the attempt can be tried again.',
    retryAfterMs,
  });
}

/** It answered, but not what its interface promises. */
export function secretReplyInvalid(provider: string, cause: string): SecretFailure {
  return new SecretFailure('broken', {
    code: 'SECRET_REPLY_INVALID',
    message: `${provider} answered something else than a secret.`,
    cause,
    fix: 'Check the address in the options of the provider; a proxy or a sign-in page may have answered in its place.',
  });
}

/** The name can't be one of this provider's. */
export function secretNameInvalid(name: string, cause: string, fix: string): SecretFailure {
  const message = `${name} can't be the name of a secret here.`;
  return new SecretFailure('broken', { code: 'SECRET_NAME_INVALID', message, cause, fix });
}

/** The secret is there, the field is not, or none was named where one must be. Names of other fields may be secret, too. */
export function secretFieldMissing(reference: SecretReference, cause: string): SecretFailure {
  return new SecretFailure('missing', {
    code: 'SECRET_FIELD_MISSING',
    message: `${formatSecretReference(reference)} leads to no value.`,
    cause,
    fix: 'Name a field the secret has: secret://name#field.',
  });
}

/** The agent's own credentials are nowhere. */
export function secretCredentialsMissing(provider: string, cause: string, fix: string): SecretFailure {
  const message = `The agent has no credentials for ${provider}.`;
  return new SecretFailure('broken', { code: 'SECRET_CREDENTIALS_MISSING', message, cause, fix });
}

/** The value is not text where text is needed. */
export function secretNotText(): TowpathError {
  return new TowpathError({
    code: 'SECRET_NOT_TEXT',
    message: 'A secret that is asked for as text is not text.',
    cause: 'Its bytes are not UTF-8.',
    fix: 'Use it as a file, or store it as text.',
    docs: SECRETS_DOCS,
  });
}

/** What an attempt was started with is not what its reference stands for now. */
export function secretChanged(): TowpathError {
  return new TowpathError({
    code: 'SECRET_CHANGED',
    message: 'A secret is not the one any more that the attempt was started with.',
    fix: 'Nothing: attempts that start from now on have the new one.',
    docs: SECRETS_DOCS,
  });
}
