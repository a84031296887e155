import { getBootId, getUptimeSeconds } from '../host/boot.ts';
import type { AttemptEnder } from './attempt-ender.ts';
import type { ContainerRecord } from './container-record.ts';

/** Counts from the start that is on record; another boot of this host knows of that no more, and counts anew. */
export function armTimeLimit({ spec, bootId, startedAtUptime }: ContainerRecord, ender: AttemptEnder): void {
  const since = bootId === getBootId() ? startedAtUptime : getUptimeSeconds();
  ender.limit(() => (since + spec.timeoutSeconds - getUptimeSeconds()) * 1000);
}
