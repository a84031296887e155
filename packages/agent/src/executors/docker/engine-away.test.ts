// The engine goes away while attempts are prepared, run and end: nothing is decided meanwhile, and nothing is lost.

import { parseEngineAddress } from '@towpath/oci';
import { requireDocker, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readOutput, waitForOutput } from '../../testing/attempt-output.ts';
import { type CuttableEngine, openCuttableEngine } from '../../testing/cuttable-engine.ts';
import { type DockerSubject, openDockerSubject } from '../../testing/docker-subject.ts';
import { specify } from '../../testing/executor-contract.ts';
import * as probes from '../../testing/probes.ts';
import type { HeldAttempt } from '../executor.ts';
import { findContainer, listOwnContainers } from './containers.ts';

const docker = requireDocker();

let engine: CuttableEngine;
let subject: DockerSubject;
beforeEach(async () => {
  engine = await openCuttableEngine(parseEngineAddress(docker.host));
  subject = await openDockerSubject(docker, { address: engine.address });
});
afterEach(async () => {
  engine.mend();
  await subject.close();
  await engine.close();
});

const start = async (sh: string): Promise<HeldAttempt> =>
  subject.executor.start(await specify('command', probes.script(sh), subject.folder));

/** It was asked while it was away. */
const untilRefused = () => waitFor('the engine to be asked', 10_000, () => engine.countRefused() > 0);

describe.skipIf(docker.reason !== undefined)(`a Docker engine (${docker.reason ?? 'which is there'})`, () => {
  test('A25 docker: away when an attempt starts is waited for', async () => {
    engine.cut();
    const attempt = await start('echo started');
    await untilRefused();
    engine.mend();
    expect(await attempt.ended).toMatchObject({ outcome: 'succeeded' });
    expect(await readOutput(attempt)).toBe('started\n');
  });

  test('A25 docker: away while an attempt runs and ends: its own exit code and every byte of its log are there afterwards', async () => {
    const attempt = await start('i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo "line $i"; sleep 0.005; done; exit 7');
    await waitForOutput(attempt, 'line 50');
    engine.cut();
    const ended = async (): Promise<boolean> =>
      (await listOwnContainers(subject.engine, subject.instanceId, attempt.attemptId))[0]?.state === 'exited';
    await waitFor('the container to end unseen', 20_000, ended);
    engine.mend();
    expect(await attempt.ended).toMatchObject({ outcome: 'failed', exitCode: 7 });
    expect(await readOutput(attempt)).toBe(Array.from({ length: 400 }, (_, i) => `line ${i + 1}\n`).join(''));
  });

  test('A25 docker: away while it kills an attempt, as when it restarts, makes that ENGINE_RESTARTED and no failure of the task', async () => {
    const attempt = await start('echo up; exec sleep 1000');
    await waitForOutput(attempt, 'up');
    engine.cut();
    const [container] = await listOwnContainers(subject.engine, subject.instanceId, attempt.attemptId);
    await subject.engine.send({ method: 'POST', path: `/containers/${container?.id}/kill` });
    await untilRefused();
    engine.mend();
    expect(await attempt.ended).toMatchObject({ outcome: 'errored', exitCode: null, reasonCode: 'ENGINE_RESTARTED' });
  });

  test('A25 docker: away when an attempt is cancelled ends it as soon as it is back', async () => {
    const attempt = await start('echo up; exec sleep 1000');
    await waitForOutput(attempt, 'up');
    engine.cut();
    attempt.cancel();
    await untilRefused();
    engine.mend();
    expect(await attempt.ended).toMatchObject({ outcome: 'cancelled' });
    await attempt.remove();
    const own = await listOwnContainers(subject.engine, subject.instanceId);
    expect(await Promise.all(own.map(({ id }) => findContainer(subject.engine, id)))).toEqual([]);
  });

  test('is asked a dozen times for an attempt, and waited for, not polled', async () => {
    const attempt = await start('sleep 1');
    await attempt.ended;
    await attempt.remove();
    expect(engine.requests.length).toBeLessThanOrEqual(12);
    expect(engine.requests.filter((request) => request.endsWith('/wait'))).toHaveLength(1);
  });
});
