// A container that ends while the next one of its datakit takes the name.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { requireDocker } from '@towpath/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { type DockerSubject, openDockerSubject } from '../../testing/docker-subject.ts';
import { LABELS } from '../attempt-labels.ts';
import { toContainerName } from './container-spec.ts';
import { findContainer, listOwnContainers } from './containers.ts';
import { createKeptContainers } from './kept-containers.ts';

const docker = requireDocker();
const run = promisify(execFile);

describe.skipIf(docker.reason !== undefined)(`on a Docker engine (${docker.reason ?? 'which is there'})`, () => {
  let subject: DockerSubject;
  afterEach(() => subject.close());

  test('A22 docker: who takes a name leaves nothing of a container that was just kept under it', async () => {
    subject = await openDockerSubject(docker);
    const { engine } = subject;
    const instanceId = randomUUID();
    const alias = `datakit-probe-${instanceId.slice(0, 8)}`;
    const create = async () => {
      const attemptId = randomUUID();
      const labels = [`${LABELS.instance}=${instanceId}`, `${LABELS.attempt}=${attemptId}`];
      const words = labels.flatMap((label) => ['--label', label]);
      const name = toContainerName(attemptId);
      const { stdout } = await run('docker', ['run', '--detach', '--name', name, ...words, docker.image, 'true']);
      await run('docker', ['wait', name]);
      return { id: stdout.trim(), attemptId };
    };
    // The attempt's folder goes last, after its container was kept.
    const kept = createKeptContainers({ engine, instanceId, keepMs: 60_000, isOurs: () => true, log: () => undefined });
    const first = await create();
    await kept.giveAlias(first.id, alias);
    const second = await create();
    await Promise.all([kept.release(first), kept.giveAlias(second.id, alias)]);
    expect((await findContainer(engine, alias))?.id).toBe(second.id);
    expect(await listOwnContainers(engine, instanceId)).toHaveLength(1);

    // The other way round: the name is gone when it ends.
    const third = await create();
    await Promise.all([kept.giveAlias(third.id, alias), kept.release(second)]);
    const left = await listOwnContainers(engine, instanceId);
    expect(left.map(({ id, name }) => [id, name])).toEqual([[third.id, alias]]);
    kept.close();
    await run('docker', ['rm', '--force', '--volumes', third.id]);
  });
});
