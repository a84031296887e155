// What the next agent needs to take the secrets of an attempt out of its log, without any of them: where each came from, and two
// bytes of a salted digest. That is enough to notice that a secret was changed meanwhile (but for one change in 65,536), and too
// little to find it by guessing: of a million words some fifteen fit.
import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** One secret of an attempt, and where its text is found again. */
export interface AttemptSecret {
  /** `secret://name#field`, or the name of a variable whose text itself is the secret. */
  readonly origin: string;
  readonly text: string;
}

const SecretNotes = z.object({
  salt: z.string(),
  secrets: z.array(z.object({ origin: z.string(), digest: z.string() })),
});
/** As it is kept with the attempt. */
export type SecretNotes = z.infer<typeof SecretNotes>;

const DIGEST_BYTES = 2;

/** The note of these secrets; undefined when there are none. */
export function noteSecrets(secrets: readonly AttemptSecret[]): SecretNotes | undefined {
  if (secrets.length === 0) return undefined;
  const salt = randomBytes(16).toString('hex');
  return { salt, secrets: secrets.map(({ origin, text }) => ({ origin, digest: digest(salt, text) })) };
}

/** Reads a note; undefined when it is none. */
export function findNotes(note: unknown): SecretNotes | undefined {
  return SecretNotes.safeParse(note).data;
}

/** Whether `text` is, as far as the note tells, what the attempt was given. */
export function isNoted(notes: SecretNotes, { origin, text }: AttemptSecret): boolean {
  return notes.secrets.some((one) => one.origin === origin && one.digest === digest(notes.salt, text));
}

function digest(salt: string, text: string): string {
  return createHmac('sha256', salt).update(text).digest().subarray(0, DIGEST_BYTES).toString('hex');
}
