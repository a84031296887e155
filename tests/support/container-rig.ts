// A fault rig whose agent runs containers, for the tests of one `describe`.
import { join } from 'node:path';
import { ListRuns, type RunDetail } from '@towpath/api';
import { migrate } from '@towpath/server';
import { assertNoOrphans, createTestDatabase, type TestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { ContainerSubject } from './container-subject.ts';
import { addFaultPipelines } from './fault-pipelines.ts';
import { type FaultRig, type FaultRigOptions, startFaultRig } from './fault-rig.ts';
import { createFaultRun, type FaultRun } from './fault-run.ts';
import { createTestProject, type TestProject } from './test-project.ts';
import type { Allowance } from './verify-faults.ts';

/** There while a test runs. */
export interface ContainerRig {
  readonly rig: FaultRig;
  readonly project: TestProject;
  readonly fault: FaultRun;
  /** One accepted result per attempt of the test's runs, whole logs, and nothing left; returns the runs. */
  verify(allowance?: Allowance): Promise<readonly RunDetail[]>;
}

/** Declares what is done before and after the tests. */
export function useContainerRig(
  subject: ContainerSubject,
  addPipelines?: (project: TestProject) => void,
  options: Pick<FaultRigOptions, 'lostAfterSeconds'> = {},
): ContainerRig {
  let project: TestProject;
  let database: TestDatabase;
  let rig: FaultRig;
  let fault: FaultRun;

  beforeAll(async () => {
    project = createTestProject(`containers-${subject.name}`);
    database = await createTestDatabase({ template: 'state', migrate });
    addFaultPipelines(project);
    addPipelines?.(project);
    await subject.prepare(project);
    const { executor } = subject;
    rig = await startFaultRig({ project, databaseUrl: database.url, agents: ['one'], executor, ...options });
  });

  afterAll(async () => {
    await rig.close();
    await assertNoOrphans(project.folder);
    await database.drop();
    project.remove();
    await subject.close();
  });

  beforeEach(async ({ onTestFailed }) => {
    onTestFailed(() => console.log(rig.agent.output().slice(-3000)));
    const { runs } = await rig.client.call(ListRuns, { query: { limit: 100 } });
    fault = createFaultRun(rig, new Set(runs.map(({ id }) => id)));
  });

  return {
    get rig() {
      return rig;
    },
    get project() {
      return project;
    },
    get fault() {
      return fault;
    },
    verify: async (allowance) => {
      const runs = await fault.verify([join(rig.stateFolder('one'), subject.attemptsFolder)], allowance);
      expect(runs).not.toEqual([]);
      const attempts = runs.flatMap(({ tasks }) => tasks.flatMap((task) => task.attempts));
      for (const { execution } of attempts.filter(({ state }) => state === 'succeeded')) {
        expect(execution?.executor).toBe(subject.name);
        expect(execution?.image).not.toBeNull();
      }
      await waitFor('nothing of the attempts to be left', 20_000, () => subject.assertNoneLeft());
      return runs;
    },
  };
}
