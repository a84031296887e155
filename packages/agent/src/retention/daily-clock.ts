// What time it is, and waiting for one: injected, so that a test decides when a day has passed.
import { setTimeout as pause } from 'node:timers/promises';

export interface DailyClock {
  now(): Date;
  /** Resolves about then, perhaps a little early; rejects when the signal fires. At most a day ahead. */
  sleepUntil(at: Date, signal: AbortSignal): Promise<void>;
}

/** The clock of this host. A host that slept wakes late: whoever waits looks again what has come. */
export const SYSTEM_CLOCK: DailyClock = {
  now: () => new Date(),
  sleepUntil: (at, signal) => pause(Math.max(0, at.getTime() - Date.now()), undefined, { signal }),
};
