// Takes the secrets of an attempt out of what it writes. Best effort against accidents: who wants to print a secret can
// always write it backwards.
import type { ErrorFacts } from '@towpath/core';
import { SECRETS_DOCS } from '../secret-errors.ts';
import { MASK, type SecretValue } from '../secret-value.ts';
import { createByteAutomaton } from './byte-automaton.ts';
import { listEncodings } from './list-encodings.ts';
import { createRedactingStream, type RedactingStream } from './redacting-stream.ts';

/** A secret as it was resolved; the name may be shown. */
export interface NamedSecret {
  readonly name: string;
  readonly value: SecretValue;
}

export interface Redactor {
  /** Secrets that are too short to be taken out: the text would be full of holes, and each hole would tell. */
  readonly problems: readonly ErrorFacts[];
  /** Each output needs a stream of its own. */
  openStream(): RedactingStream;
  /** A text that is complete. */
  redact(text: string): string;
}

/** Shorter ones are words of any text. */
const MIN_LENGTH = 4;

/** Prepares for these secrets: milliseconds for passwords, tens of them for a private key. */
export function createRedactor(secrets: readonly NamedSecret[]): Redactor {
  const isShort = ({ value }: NamedSecret) => measure(value) < MIN_LENGTH;
  const long = secrets.filter((secret) => !isShort(secret));
  const automaton = createByteAutomaton(long.flatMap(({ value }) => listEncodings(value)).filter(isLongEnough));
  const openStream = () => createRedactingStream(automaton, Buffer.from(MASK));
  return {
    problems: secrets.filter(isShort).map(toProblem),
    openStream,
    redact: (text) => {
      const stream = openStream();
      return Buffer.concat([stream.push(Buffer.from(text, 'utf8')), stream.end()]).toString('utf8');
    },
  };
}

function measure(value: SecretValue): number {
  return value.isText() ? value.text().trim().length : value.bytes().length;
}

function isLongEnough(form: Buffer): boolean {
  return form.length >= MIN_LENGTH;
}

function toProblem({ name }: NamedSecret): ErrorFacts {
  return {
    code: 'SECRET_TOO_SHORT',
    message: `Secret ${name} is not taken out of logs.`,
    cause: `It has less than ${MIN_LENGTH} characters.`,
    fix: 'Make it longer: a secret of three characters is guessed in no time.',
    docs: SECRETS_DOCS,
  };
}
