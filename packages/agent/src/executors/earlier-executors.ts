// An environment changes its executor while attempts of the one before still run: they are taken over by an agent that runs new
// ones elsewhere, and end where they began. Nothing is claimed before they are found: an attempt that its agent does not know of
// counts as lost, and would be started a second time.
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { type ExecutorName, TowpathError } from '@towpath/core';
import { RECORD_FILE } from './attempt-folder.ts';
import { ATTEMPTS_FOLDERS } from './attempts-folders.ts';
import type { Executor, Leftover } from './executor.ts';

/** An executor of which attempts are left. */
export interface EarlierExecutor {
  readonly name: ExecutorName;
  readonly executor: Executor;
}

const NAMES: readonly ExecutorName[] = ['process', 'docker', 'kubernetes'];

/** Executors but this one that have attempts on record in the state folder. */
export function findEarlierExecutors(stateFolder: string, current: ExecutorName): readonly ExecutorName[] {
  return NAMES.filter((name) => name !== current && hasRecords(join(stateFolder, ATTEMPTS_FOLDERS[name])));
}

function hasRecords(folder: string): boolean {
  return existsSync(folder) && globSync(`*/${RECORD_FILE}`, { cwd: folder }).length > 0;
}

/** New attempts are the current executor's; what others have left is theirs. */
export function combineExecutors(current: Executor, earlier: readonly EarlierExecutor[]): Executor {
  const owners = new Map<string, Executor>();
  const listOf = async ({ name, executor }: EarlierExecutor): Promise<Leftover[]> => {
    const leftovers = await executor.listLeftovers();
    for (const { attemptId } of leftovers) owners.set(attemptId, executor);
    return leftovers.map((leftover) => ({ ...leftover, executor: name }));
  };
  const find = (attemptId: string): Executor => owners.get(attemptId) ?? current;
  /** Granted anew: whatever is there of it must not start there. */
  const clear = async (attemptId: string): Promise<void> => {
    await owners.get(attemptId)?.discard(attemptId);
    owners.delete(attemptId);
  };
  return {
    listLeftovers: async () => {
      const lists = [await current.listLeftovers()];
      for (const one of earlier) lists.push(await listOf(one).catch((thrown) => failUnreachable(one.name, thrown)));
      return lists.flat();
    },
    start: async (specification) => {
      await clear(specification.attemptId);
      return await current.start(specification);
    },
    refuse: async (specification, facts) => {
      await clear(specification.attemptId);
      return await current.refuse(specification, facts);
    },
    adopt: (attemptId, epoch) => find(attemptId).adopt(attemptId, epoch),
    discard: (attemptId) => find(attemptId).discard(attemptId),
    expectFunctions: (areExpected) => current.expectFunctions(areExpected),
    close: async () => {
      await Promise.all([current, ...earlier.map(({ executor }) => executor)].map((executor) => executor.close()));
    },
  };
}

/** @throws TowpathError `EARLIER_EXECUTOR_UNREACHABLE` */
export function failUnreachable(name: ExecutorName, thrown: unknown): never {
  throw new TowpathError(
    {
      code: 'EARLIER_EXECUTOR_UNREACHABLE',
      message: `Attempts of the executor ${name} are left in the state folder of this agent, and it can't be asked for them.`,
      cause: thrown instanceof Error ? thrown.message : String(thrown),
      fix: `Make it reachable as it was, or start the agent with it until they have ended. Where it is gone for good, remove the folder \`${ATTEMPTS_FOLDERS[name]}\` of the state folder: they count as lost then.`,
    },
    { cause: thrown },
  );
}
