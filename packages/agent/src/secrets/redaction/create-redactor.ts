// Takes the secrets of an attempt out of what it writes: each byte of a form of a secret becomes `*`, so that lengths and
// offsets stay what they were. Best effort against accidents: who wants to print a secret can write it backwards.
import type { ErrorFacts } from '@towpath/core';
import { SECRETS_DOCS } from '../secret-errors.ts';
import type { SecretValue } from '../secret-value.ts';
import { createByteAutomaton } from './byte-automaton.ts';
import { listEncodings } from './list-encodings.ts';
import { listParts } from './list-parts.ts';

/** A secret as it was resolved; the name may be shown. */
export interface NamedSecret {
  readonly name: string;
  readonly value: SecretValue;
}

export interface Redactor {
  /** Secrets that are not taken out: a short one would leave holes in all texts that tell it, a long one take the memory. */
  readonly problems: readonly ErrorFacts[];
  /** Bytes of the longest form: what overlaps a place begins no further before it, and ends no further behind it. */
  readonly longestForm: number;
  /** Masks all forms that lie in `bytes`, in place. Returns how many of the last bytes may be the beginning of another. */
  mask(bytes: Uint8Array): number;
  /** A text that is complete. */
  redact(text: string): string;
}

/** Shorter ones are words of any text. */
const MIN_LENGTH = 4;

/** Bytes; AWS takes as many. The automaton of so long a one takes 40 MB, and 0.4 s of the agent's one thread to make. */
const MAX_LENGTH = 64 * 1024;

const STAR = 0x2a;
const NEWLINE = 0x0a;

/** Prepares for these secrets: a millisecond for passwords, tens of them for a private key. */
export function createRedactor(secrets: readonly NamedSecret[]): Redactor {
  const problems = secrets.flatMap((secret) => findProblem(secret) ?? []);
  const usable = secrets.filter((secret) => findProblem(secret) === undefined);
  const values = usable.flatMap(({ value }) => [value, ...listParts(value)]);
  const forms = values.flatMap(listEncodings).filter((form) => form.length >= MIN_LENGTH);
  if (forms.length === 0) return { problems, longestForm: 0, mask: () => 0, redact: (text) => text };
  const { next, matchOf, depthOf } = createByteAutomaton(forms);
  const mask = (bytes: Uint8Array): number => {
    let state = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      state = next(state, bytes[at] ?? 0);
      const length = state === 0 ? 0 : matchOf(state);
      // What is masked lies behind: the automaton has read it.
      if (length > 0) bytes.fill(STAR, at + 1 - length, at + 1);
    }
    return depthOf(state);
  };
  return { problems, longestForm: Math.max(...forms.map(({ length }) => length)), mask, redact: redactWith(mask) };
}

/** Leaves nothing but line breaks: for when it is not known what to look for. */
export const BLIND_REDACTOR: Redactor = createBlindRedactor();

function createBlindRedactor(): Redactor {
  const mask = (bytes: Uint8Array): number => {
    for (let at = 0; at < bytes.length; at += 1) if (bytes[at] !== NEWLINE) bytes[at] = STAR;
    return 0;
  };
  return { problems: [], longestForm: 1, mask, redact: redactWith(mask) };
}

function redactWith(mask: Redactor['mask']): Redactor['redact'] {
  return (text) => {
    const bytes = Buffer.from(text, 'utf8');
    mask(bytes);
    return bytes.toString('utf8');
  };
}

function measure(value: SecretValue): number {
  return value.isText() ? Buffer.byteLength(value.text().trim()) : value.bytes().length;
}

function findProblem({ name, value }: NamedSecret): ErrorFacts | undefined {
  const length = measure(value);
  if (length >= MIN_LENGTH && length <= MAX_LENGTH) return undefined;
  const facts = { message: `Secret ${name} is not taken out of logs.`, docs: SECRETS_DOCS };
  if (length < MIN_LENGTH)
    return {
      ...facts,
      code: 'SECRET_TOO_SHORT',
      cause: `It has less than ${MIN_LENGTH} bytes.`,
      fix: 'Make it longer: a secret of three characters is guessed in no time.',
    };
  return {
    ...facts,
    code: 'SECRET_TOO_LONG',
    cause: `It has more than ${MAX_LENGTH} bytes.`,
    fix: 'Keep the key in the secret, and what it opens elsewhere.',
  };
}
