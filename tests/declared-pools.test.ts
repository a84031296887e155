// The pools of towpath.yaml reach the server by the agent that runs the project.
import { ListPools } from '@towpath/api';
import { assertNoOrphans, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

let plane: ControlPlane;
let project: TestProject;
beforeEach(async () => {
  plane = await startControlPlane();
  project = createTestProject('pools');
});
afterEach(async () => {
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

test('pools that the project declares are there when its agent has started', async () => {
  project.write('towpath.yaml', 'name: pools\npools:\n  sqlserver: 3\n  api: 0\n');
  const stop = new AbortController();
  const env = { ...process.env, TOWPATH_SERVER: plane.url, TOWPATH_AGENT_TOKEN: plane.agentToken };
  const world = createTestContext({ cwd: project.folder, env, signal: stop.signal });
  const agent = runProgram(world.context, ['agent']);
  try {
    const pools = await waitFor('the pools to be registered', 60_000, async () => {
      const found = (await plane.client.call(ListPools)).pools;
      return found.length > 0 && found;
    });
    expect(pools).toMatchObject([
      { name: 'api', environment: 'local', slots: 0, changedBy: 'working_tree' },
      { name: 'sqlserver', environment: 'local', slots: 3, declaredSlots: 3, setSlots: null },
    ]);
  } finally {
    stop.abort('SIGTERM');
    await agent;
  }
});
