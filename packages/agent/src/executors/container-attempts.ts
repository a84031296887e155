// What executors with containers do alike: an attempt is on record before anything is asked for, and what an earlier agent left is
// found by its record.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { getBootId, getUptimeSeconds } from '../host/boot.ts';
import {
  type AttemptFolder,
  createFolder,
  deleteFolder,
  locateFolder,
  toInitialFiles,
  writeInitialFiles,
} from './attempt-folder.ts';
import {
  type ContainerRecord,
  findContainerRecord,
  replaceContainerRecord,
  writeContainerRecord,
} from './container-record.ts';
import type { AttemptSpecification, HeldAttempt, Leftover } from './executor.ts';
import { holdLost, refuseAttempt, startFacts } from './refused-attempt.ts';

/** Holds an attempt from here on. */
type Hold = (folder: AttemptFolder, record: ContainerRecord) => HeldAttempt;

/** What starting an attempt needs. */
export interface StartParts {
  readonly folder: AttemptFolder;
  /** Ends and deletes what is there of it: the server grants an attempt anew only when it does not know of an earlier start here. */
  readonly discard: (attemptId: string) => Promise<void>;
  readonly hold: Hold;
}

/** Records a new attempt and holds it; what prevents that is its end. */
export async function startRecorded(
  specification: AttemptSpecification,
  { folder, discard, hold }: StartParts,
): Promise<HeldAttempt> {
  const { attemptId, epoch, specHash, timeoutSeconds, firstLine, note } = specification;
  try {
    await discard(attemptId);
    createFolder(folder);
    writeInitialFiles(folder, toInitialFiles(specification));
    const spec = { attemptId, specHash, timeoutSeconds, firstLine, note };
    const since = { bootId: getBootId(), startedAtUptime: getUptimeSeconds() };
    const record = { spec, epoch, ...since, isStarted: false };
    writeContainerRecord(folder, record);
    return hold(folder, record);
  } catch (thrown) {
    return refuseAttempt(folder, specification, startFacts(thrown));
  }
}

/** Takes over an attempt that was started; one without a record is lost, which this code says. */
export function adoptRecorded(
  folder: AttemptFolder,
  { attemptId, epoch, lostCode }: { readonly attemptId: string; readonly epoch: number; readonly lostCode: string },
  hold: Hold,
): HeldAttempt {
  const record = findContainerRecord(folder);
  if (record === undefined) return holdLost(folder, attemptId, lostCode);
  const adopted = { ...record, epoch, isStarted: true };
  replaceContainerRecord(folder, adopted);
  return hold(folder, adopted);
}

/** Everything with a record; the rest is deleted. What has no container that was started, and never had one, is to be started. */
export async function listRecorded(
  attempts: string,
  hasStarted: (attemptId: string) => boolean,
): Promise<readonly Leftover[]> {
  const leftovers: Leftover[] = [];
  for (const name of await readdir(attempts)) {
    const folder = locateFolder(join(attempts, name));
    const record = findContainerRecord(folder);
    if (record?.spec.attemptId === name) {
      const isStarted = record.isStarted || hasStarted(name);
      leftovers.push({ attemptId: name, epoch: record.epoch, specHash: record.spec.specHash, isStarted });
    } else await deleteFolder(folder);
  }
  return leftovers;
}
