// The crash suite of executors with containers: the agent dies between every two steps, is started again, and nothing is lost,
// doubled or left: one accepted result, each log exactly what the task printed, nothing of the attempts with the engine.
import { CancelRun, StartRun } from '@towpath/api';
import { describe, it, vi } from 'vitest';
import { listFailpoints } from '../../scripts/list-failpoints.ts';
import { type ContainerRig, useContainerRig } from './container-rig.ts';
import type { ContainerSubject } from './container-subject.ts';
import { FUNCTION } from './fault-pipelines.ts';
import { type Act, POINT_DEADLINE_MS } from './fault-run.ts';

/** Declares the suite, a test for each point that the executor has. */
export function testCrashes(subject: ContainerSubject): void {
  vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });
  const { name, reason } = subject;
  describe.skipIf(reason !== undefined)(`kill -9 of an agent with ${name} (${reason ?? 'which is there'})`, () => {
    const scene = useContainerRig(subject);

    it.each(listPoints(name))(`A25 A93 ${name}: of the agent: %s`, async (point) => {
      await scene.fault.dieAt('agent', point, findAct(scene, point));
      await scene.rig.agent.start();
      await scene.fault.repair();
      await scene.verify();
    });
  });
}

/** What attempts pass whatever runs them: claim, start, report, finish, clean-up. */
const SHARED = ['claim.', 'attempt.', 'report-start.', 'report-finish.', 'ship-log.', 'cancel.', 'session.'];

/** Of this executor, and those. */
function listPoints(name: string): readonly string[] {
  return listFailpoints()
    .filter((point) => point.process === 'agent')
    .filter((point) => (point.executor === undefined ? isShared(point.name) : point.executor === name))
    .map((point) => point.name);
}

function isShared(point: string): boolean {
  return SHARED.some((prefix) => point.startsWith(prefix));
}

/** Passed by a function here, so that one is started anew with all its files, too. */
const WITH_FUNCTION = ['docker.after-files', 'kubernetes.after-secret'];

/** What makes an agent pass this point. */
function findAct(scene: ContainerRig, point: string): Act {
  if (point.startsWith('cancel.')) return () => cancel(scene);
  if (point.startsWith('session.')) return () => restartAgent(scene, point);
  if (point === 'kubernetes.after-discard') return () => dieWhileStarting(scene, point);
  return WITH_FUNCTION.includes(point) ? () => startFunction(scene) : () => start(scene, 'mixed');
}

function start({ rig }: ContainerRig, pipeline: string) {
  return rig.client.call(StartRun, { body: { pipeline, environment: 'local' } });
}

async function startFunction(scene: ContainerRig): Promise<void> {
  scene.project.write('pipelines/function.ts', FUNCTION);
  await scene.rig.ask('the function to be registered', () => start(scene, 'function'));
}

async function cancel(scene: ContainerRig): Promise<void> {
  const { id: runId } = await start(scene, 'slow');
  await untilRunning(scene, 'slow');
  await scene.rig.client.call(CancelRun, { params: { runId }, body: {} });
}

/** The agent dies with work in its hands; the one after it, which takes that over, is to die at `point`. */
async function restartAgent(scene: ContainerRig, point: string): Promise<void> {
  const { agent } = scene.rig;
  // A busy machine may cost the first one its session, which it opens anew.
  agent.disarm();
  await start(scene, 'mixed');
  // Tasks of the mixed one may be over between two looks.
  await start(scene, 'slow');
  await untilRunning(scene, 'slow');
  await agent.kill();
  agent.arm(point);
  await agent.launch();
}

/** An agent dies half-way through a start; the one after it, which clears that away to start anew, is to die at `point`. */
async function dieWhileStarting(scene: ContainerRig, point: string): Promise<void> {
  const { agent } = scene.rig;
  agent.arm('kubernetes.after-job');
  await start(scene, 'mixed');
  await agent.current.waitForExit(POINT_DEADLINE_MS);
  agent.arm(point);
  await agent.launch();
}

async function untilRunning({ fault }: ContainerRig, pipeline: string): Promise<void> {
  const isRunning = (attempt: { readonly state: string }): boolean => attempt.state === 'running';
  await fault.findRun(pipeline, ({ tasks }) => tasks.some((task) => task.attempts.some(isRunning)));
}
