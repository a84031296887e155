// What an attempt has printed, as tests look at it.
import { waitFor } from '@towpath/testkit';
import type { HeldAttempt } from '../executors/executor.ts';

/** The whole log of a small attempt. */
export async function readLog(attempt: HeldAttempt): Promise<string> {
  const bytes = await attempt.log.read(0, 1 << 20);
  return new TextDecoder().decode(bytes);
}

/** The log without its first line. */
export async function readOutput(attempt: HeldAttempt): Promise<string> {
  const text = await readLog(attempt);
  return text.slice(text.indexOf('\n') + 1);
}

/** Waits until an attempt has printed something. */
export async function waitForOutput(attempt: HeldAttempt, text: string): Promise<void> {
  await waitFor(`output ${text}`, 20_000, async () => (await readOutput(attempt)).includes(text));
}
