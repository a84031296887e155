// The first start of a project whose pipeline has a mistake in it: mended, it runs as if it had never been wrong.
import { ListRuns } from '@towpath/api';
import { assertNoOrphans } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runTowpath, startDev, stopDev } from './support/instance.ts';
import { addStepsDatakit, createTestProject, type TestProject } from './support/test-project.ts';

const PIPELINE = `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({ name: 'first', tasks: [datakitTask({ id: 'count', datakit: 'steps', version: '1.0.0', command: 'steps 3' })] });
`;

let project: TestProject;
beforeEach(() => {
  project = createTestProject('mended');
  addStepsDatakit(project);
  project.write('towpath.yaml', 'name: mended\ndev:\n  firstRun: first\n');
});
afterEach(async () => {
  await runTowpath(project, ['stop']);
  await assertNoOrphans(project.folder);
  project.remove();
});

test('dev.firstRun runs once its pipeline is mended', async () => {
  project.write('pipelines/first.ts', PIPELINE.replace('definePipeline(', 'definePipline('));
  const dev = await startDev(project);
  expect(dev.process.output()).toMatch(/Problem .*PIPELINE_MODULE_FAILED/);
  project.write('pipelines/first.ts', PIPELINE);
  await dev.process.waitForOutput(/first can be loaded now: its first run starts\n/, 60_000);
  await dev.process.waitForOutput(/first-local #1 succeeded/, 60_000);
  expect((await dev.client.call(ListRuns, {})).runs).toHaveLength(1);
  await stopDev(dev);
});
