// The engine's containers as this executor asks for them: by label, and translated into what it needs to know.
import { TowpathError } from '@towpath/core';
import { type DockerEngine, hasStatus } from '@towpath/oci';
import { z } from 'zod';
import { LABELS } from '../attempt-labels.ts';
import type { ExecutedImage } from '../executor.ts';
import { toContainerName } from './container-spec.ts';

/** A container of this agent, whatever it is called at the moment. */
export interface OwnContainer {
  readonly id: string;
  readonly attemptId: string;
  readonly name: string;
  /** `created`, `running`, `exited` … */
  readonly state: string;
  /** Undefined when its labels don't say. */
  readonly image: ExecutedImage | undefined;
}

const Listed = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()),
    Labels: z.record(z.string(), z.string()),
    State: z.string(),
  }),
);

/** All containers with the label of this agent's state folder, or of one attempt of it. @throws EngineError */
export async function listOwnContainers(
  engine: DockerEngine,
  instanceId: string,
  attemptId?: string,
): Promise<readonly OwnContainer[]> {
  const label = [`${LABELS.instance}=${instanceId}`, ...(attemptId ? [`${LABELS.attempt}=${attemptId}`] : [])];
  const query = { all: true, filters: JSON.stringify({ label }) };
  const listed = Listed.parse(await engine.send({ method: 'GET', path: '/containers/json', query }));
  return listed.map(({ Id, Names, Labels, State }) => ({
    id: Id,
    attemptId: Labels[LABELS.attempt] ?? '',
    name: (Names[0] ?? '').replace(/^\//, ''),
    state: State,
    image: toImage(Labels),
  }));
}

function toImage({
  [LABELS.image]: reference,
  [LABELS.imageDigest]: digest,
}: Readonly<Record<string, string>>): ExecutedImage | undefined {
  return reference === undefined ? undefined : { reference, digest: digest ?? null };
}

/** How a container stands. */
export interface ContainerState {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: string;
  readonly exitCode: number;
  readonly isOutOfMemory: boolean;
  /** For people; undefined: none. */
  readonly memoryLimit: string | undefined;
  readonly finishedAt: Date;
}

const Inspected = z.object({
  Id: z.string(),
  Name: z.string(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
  HostConfig: z.object({ Memory: z.number() }).nullish(),
  State: z.object({ Status: z.string(), ExitCode: z.number(), OOMKilled: z.boolean(), FinishedAt: z.string() }),
});

/** By id or name; undefined when there is none. @throws EngineError */
export async function findContainer(engine: DockerEngine, idOrName: string): Promise<ContainerState | undefined> {
  try {
    const { Id, Name, Config, HostConfig, State } = Inspected.parse(
      await engine.send({ method: 'GET', path: `/containers/${idOrName}/json` }),
    );
    return {
      id: Id,
      name: Name.replace(/^\//, ''),
      labels: Config.Labels ?? {},
      status: State.Status,
      exitCode: State.ExitCode,
      isOutOfMemory: State.OOMKilled,
      memoryLimit: formatMemory(HostConfig?.Memory ?? 0),
      finishedAt: new Date(State.FinishedAt),
    };
  } catch (thrown) {
    if (hasStatus(thrown, 404)) return undefined;
    throw thrown;
  }
}

/** Engines say 0 for no limit. */
function formatMemory(bytes: number): string | undefined {
  return bytes === 0 ? undefined : `${Math.round(bytes / 2 ** 20)}Mi`;
}

const Created = z.object({ Id: z.string() });

/**
 * Creates the container of an attempt, or finds the one that an answer which was lost had created. Returns its id, and whether it
 * may have been started.
 *
 * @throws TowpathError `CONTAINER_NAME_TAKEN`; EngineError
 */
export async function createContainer(
  engine: DockerEngine,
  spec: object,
  owner: { readonly attemptId: string; readonly instanceId: string },
): Promise<{ readonly id: string; readonly isStarted: boolean }> {
  const name = toContainerName(owner.attemptId);
  try {
    const reply = await engine.send({ method: 'POST', path: '/containers/create', query: { name }, body: spec });
    return { id: Created.parse(reply).Id, isStarted: false };
  } catch (thrown) {
    if (!hasStatus(thrown, 409)) throw thrown;
    const existing = await findContainer(engine, name);
    if (existing === undefined) throw thrown;
    if (existing.labels[LABELS.instance] === owner.instanceId) {
      return { id: existing.id, isStarted: existing.status !== 'created' };
    }
    throw nameTaken(name);
  }
}

/** Ends and deletes a container with its volume, and with those that its image declares; what is gone already is well. @throws EngineError */
export async function deleteContainer(
  engine: DockerEngine,
  { id, attemptId }: Pick<OwnContainer, 'id' | 'attemptId'>,
): Promise<void> {
  const gone = (path: string, query: object = {}) =>
    engine.send({ method: 'DELETE', path, query: { force: true, ...query } }).catch(ignoreMissing);
  await gone(`/containers/${id}`, { v: true });
  await gone(`/volumes/${toContainerName(attemptId)}`);
}

function ignoreMissing(thrown: unknown): void {
  // 409: the engine is removing it already.
  if (!hasStatus(thrown, 404) && !hasStatus(thrown, 409)) throw thrown;
}

function nameTaken(name: string): TowpathError {
  return new TowpathError({
    code: 'CONTAINER_NAME_TAKEN',
    message: `A container named ${name} exists, and is not this agent's.`,
    cause: 'Its labels name another agent, or none.',
    fix: `Look at it with \`docker inspect ${name}\`, and remove or rename it.`,
  });
}
