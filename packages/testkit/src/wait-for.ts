// Waiting in tests: for a condition, up to a deadline, and a failure shows what was seen last. Never a bare sleep.

import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

/** Short beside the steps waited for (process starts, commits), long enough not to take the processor from them. */
const LOOK_EVERY_MS = 20;

/**
 * Looks until `look` gives a value that is not `undefined` or `false`, and returns it. An error thrown by `look` counts
 * as "not yet". After `deadlineMs` it throws with `what` and the last thing seen.
 */
export async function waitFor<T>(
  what: string,
  deadlineMs: number,
  look: () => T | Promise<T>,
): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const seen = await attempt(look);
    if (seen.kind === 'value' && isAnswer(seen.value)) return seen.value;
    if (performance.now() > end) {
      throw new Error(`Waited ${deadlineMs} ms for ${what}. ${describe(seen)}`, {
        cause: seen.kind === 'error' ? seen.error : undefined,
      });
    }
    await pause(LOOK_EVERY_MS);
  }
}

type Seen<T> = { readonly kind: 'value'; readonly value: T } | { readonly kind: 'error'; readonly error: unknown };

async function attempt<T>(look: () => T | Promise<T>): Promise<Seen<T>> {
  try {
    return { kind: 'value', value: await look() };
  } catch (error) {
    return { kind: 'error', error };
  }
}

function isAnswer<T>(value: T): value is Exclude<T, undefined | false> {
  return value !== undefined && value !== false;
}

function describe(seen: Seen<unknown>): string {
  if (seen.kind === 'error') return `The last look failed: ${String(seen.error)}`;
  return `Seen last: ${inspect(seen.value, { depth: 4 })}`;
}
