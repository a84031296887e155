// One fault: a process dies at a named point while something makes it pass there, everything is started again, and what must
// hold after any fault is looked at.
import { CancelRun, GetRun, ListRuns, type RunDetail } from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import { waitFor } from '@towpath/testkit';
import type { FaultRig } from './fault-rig.ts';
import { type Allowance, drainRuns, verifyEndedRun, verifyNothingLeft } from './verify-faults.ts';

export const POINT_DEADLINE_MS = 60_000;

/** What makes a process pass a point; the server may be gone at any moment of it. */
export type Act = () => Promise<unknown>;

export interface FaultRun {
  /** The new run of a pipeline, as soon as it looks like this. */
  findRun(pipeline: string, hasState: (run: RunDetail) => boolean): Promise<RunDetail>;
  /** Runs the act while the process is armed, and waits for its death. */
  dieAt(process: 'server' | 'agent', point: string, act: Act): Promise<void>;
  /** Everything is there again, whatever the act did to it. */
  repair(): Promise<void>;
  /** All new runs end as they must, and nothing of them is left in these folders. */
  verify(attemptsFolders: readonly string[], allowance?: Allowance): Promise<readonly RunDetail[]>;
}

/** `known` are the runs that were there before. */
export function createFaultRun(rig: FaultRig, known: ReadonlySet<string>): FaultRun {
  return {
    findRun: (pipeline, hasState) =>
      rig.ask(`a run of ${pipeline}`, async () => {
        const { runs } = await rig.client.call(ListRuns, { query: { limit: 100 } });
        const newest = runs.find((run) => run.pipeline === pipeline && !known.has(run.id));
        const run = newest && (await rig.client.call(GetRun, { params: { runId: newest.id } }));
        if (!run || !hasState(run)) throw new Error(run ? JSON.stringify(run.taskCounts) : 'there is none');
        return run;
      }),
    dieAt: async (process, point, act) => {
      const victim = rig[process];
      // An act may start the victim itself: whoever dies, the armed file is gone then.
      victim.arm(point);
      // The call that makes the server die is not answered.
      await act().catch(() => undefined);
      await waitFor(`${process} to die at ${point}`, POINT_DEADLINE_MS, () => !victim.isArmed());
      await victim.current.waitForExit(POINT_DEADLINE_MS);
    },
    repair: async () => {
      for (const process of [rig.server, rig.agent]) {
        process.disarm();
        process.current.kill('SIGCONT');
        const exit = await process.current.waitForExit(1).catch(() => undefined);
        if (exit) await process.start();
      }
    },
    verify: async (attemptsFolders, allowance) => {
      await cancelSlow(rig);
      const runs = await drainRuns(rig.client, (id) => !known.has(id));
      for (const run of runs) await verifyEndedRun(rig.client, run, allowance);
      await verifyNothingLeft(rig.client, attemptsFolders);
      return runs;
    },
  };
}

/** A slow run ends by nothing else; its cancel may have died with the server. */
async function cancelSlow(rig: FaultRig): Promise<void> {
  const { runs } = await rig.ask('the runs', () => rig.client.call(ListRuns, { query: { limit: 100 } }));
  for (const { id: runId } of runs.filter((run) => run.pipeline === 'slow' && !isTerminalRunState(run.state)))
    await rig.client.call(CancelRun, { params: { runId }, body: {} });
}
