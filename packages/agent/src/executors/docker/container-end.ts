// How a container ended, from what the engine says of it and what it left.
import { MAX_RESULT_BYTES } from '@towpath/api';
import type { DockerEngine } from '@towpath/oci';
import { type AttemptFolder, type EndingReason, NO_FILE } from '../attempt-folder.ts';
import { COMMAND_MISSING_STATUS, commandMissing, TOLD_BYTES } from '../command-missing.ts';
import { CONTAINER_PATHS } from '../container-paths.ts';
import type { ContainerRecord } from '../container-record.ts';
import { decideEnd } from '../decide-end.ts';
import type { AttemptEnd } from '../executor.ts';
import { noteFailedStart } from '../refused-attempt.ts';
import { readContainerFile } from './container-file.ts';
import { type ContainerState, findContainer } from './containers.ts';

export interface EndedContainer {
  readonly id: string;
  readonly folder: AttemptFolder;
  readonly record: ContainerRecord;
  readonly ending: EndingReason | undefined;
  /** By us, because it did not end when it was asked to. */
  readonly wasKilled: boolean;
  /** While it ran, so that the engine may have ended it. */
  readonly wasEngineAway: boolean;
}

/** Decides it. @throws EngineError */
export async function decideContainerEnd(
  { engine }: { readonly engine: DockerEngine },
  ended: EndedContainer,
): Promise<AttemptEnd> {
  const found = await findContainer(engine, ended.id);
  // Somebody is removing it, which ended it.
  const state = found !== undefined && REMOVED.includes(found.status) ? undefined : found;
  const missing = state === undefined ? undefined : await findMissingCommand(engine, state);
  if (missing !== undefined) {
    const why = noteFailedStart(ended.folder, commandMissing(missing));
    return { outcome: 'errored', exitCode: null, result: null, ...why };
  }
  const exitStatus = state === undefined || ended.wasKilled || isEngineEnded(state, ended) ? undefined : state.exitCode;
  const file = { path: CONTAINER_PATHS.result, maxBytes: MAX_RESULT_BYTES };
  const resultBytes = exitStatus === 0 ? await readContainerFile(engine, ended.id, file) : undefined;
  return decideEnd({
    exitStatus,
    ending: ended.ending,
    timeoutSeconds: ended.record.spec.timeoutSeconds,
    loss: state === undefined ? CONTAINER_LOST : ENGINE_RESTARTED,
    isOutOfMemory: state?.isOutOfMemory ?? false,
    memoryLimit: state?.memoryLimit,
    resultBytes,
  });
}

/** The entry leaves its name in a file where it found no such command; a command may well exit with the same status. */
async function findMissingCommand(engine: DockerEngine, { id, exitCode }: ContainerState): Promise<string | undefined> {
  if (exitCode !== COMMAND_MISSING_STATUS) return undefined;
  const file = { path: CONTAINER_PATHS.commandMissing, maxBytes: TOLD_BYTES };
  const found = await readContainerFile(engine, id, file);
  return found === undefined || found === NO_FILE ? undefined : Buffer.from(found).toString('utf8');
}

/** Of KILL and TERM, and what an engine says of a container whose end it did not see. */
const ENDED_FROM_OUTSIDE: readonly number[] = [137, 143, 255];

function isEngineEnded({ exitCode, isOutOfMemory }: ContainerState, { wasEngineAway }: EndedContainer): boolean {
  return wasEngineAway && !isOutOfMemory && ENDED_FROM_OUTSIDE.includes(exitCode);
}

const REMOVED: readonly string[] = ['removing', 'dead'];

const CONTAINER_LOST = {
  reasonCode: 'CONTAINER_LOST',
  reason: 'Its container was removed by somebody else, so its exit code is unknown.',
};
const ENGINE_RESTARTED = {
  reasonCode: 'ENGINE_RESTARTED',
  reason: 'The Docker engine was away while it ran and has ended it, so its exit code says nothing.',
};
