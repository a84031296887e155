// What the local stack asks of the Docker engine.
import { TowpathError } from '@towpath/core';
import { type DockerEngine, hasStatus, packLayer } from '@towpath/oci';
import { z } from 'zod';
import {
  PART_LABEL,
  STACK_LABEL,
  STATE_LABEL,
  type StackPlace,
  toContainerSpec,
  toNetworkName,
  toPartName,
  toStackLabels,
} from './container-spec.ts';
import { decodeLog } from './decode-log.ts';
import { PART_FILE, PARTS, type PartConfig } from './part-config.ts';

const Created = z.object({ Id: z.string() });

/** Of attempts, by the agent. */
const ATTEMPT_LABEL = 'dev.towpath.attempt-id';

/** Makes the network; one that is there already is as good. @throws EngineError */
export async function ensureNetwork(engine: DockerEngine, { id, network }: StackPlace): Promise<void> {
  const body = { Name: network, CheckDuplicate: true, Driver: 'bridge', Labels: toStackLabels(id) };
  await engine.send({ method: 'POST', path: '/networks/create', body }).catch((thrown: unknown) => {
    if (!hasStatus(thrown, 409)) throw thrown;
  });
}

/** Creates a part's container with its configuration in it, and starts it. Returns its id. @throws TowpathError `STACK_PART_FAILED`; EngineError */
export async function startPart(engine: DockerEngine, place: StackPlace, config: PartConfig): Promise<string> {
  const { part } = config;
  const query = { name: toPartName(place.id, part) };
  const body = toContainerSpec(place, part);
  const { Id } = Created.parse(await engine.send({ method: 'POST', path: '/containers/create', query, body }));
  const files = await packLayer([{ path: PART_FILE, bytes: Buffer.from(JSON.stringify(config)), isExecutable: false }]);
  await engine.send({
    method: 'PUT',
    path: `/containers/${Id}/archive`,
    query: { path: '/' },
    body: await files.open(),
  });
  await engine.send({ method: 'POST', path: `/containers/${Id}/start` }).catch((thrown: unknown) => {
    throw partFailed(part, thrown instanceof Error ? thrown.message : String(thrown));
  });
  return Id;
}

const State = z.object({
  State: z.object({ Running: z.boolean(), Restarting: z.boolean() }),
  RestartCount: z.number(),
});

/** @throws TowpathError `STACK_PART_FAILED` with what it said last, when it does not run; EngineError */
export async function assertRunning(engine: DockerEngine, id: string, part: string): Promise<void> {
  const { State: state, RestartCount } = State.parse(
    await engine.send({ method: 'GET', path: `/containers/${id}/json` }),
  );
  if (state.Running && !state.Restarting && RestartCount === 0) return;
  throw partFailed(part, (await readLog(engine, id)).trim() || 'It printed nothing.');
}

/** The last lines of what a container printed. @throws EngineError */
export async function readLog(engine: DockerEngine, id: string): Promise<string> {
  const query = { stdout: true, stderr: true, tail: 20 };
  return await decodeLog(await engine.open({ method: 'GET', path: `/containers/${id}/logs`, query }));
}

/** A port that we chose was taken before the engine got it. */
export function isPortTaken(thrown: unknown): boolean {
  return (
    thrown instanceof TowpathError &&
    thrown.code === 'STACK_PART_FAILED' &&
    /port is already allocated|address already in use/.test(String(thrown.cause ?? thrown.message))
  );
}

/** Whether each part of a stack runs. @throws EngineError */
export async function isWhole(engine: DockerEngine, id: string): Promise<boolean> {
  const parts = await list(engine, { label: toLabelFilters(toStackLabels(id)), status: ['running'] });
  return PARTS.every((part) => parts.some(({ Labels }) => Labels[PART_LABEL] === part));
}

/** The stack that was started for a state folder which has gone since. @throws EngineError */
export async function findStackOf(engine: DockerEngine, stateFolder: string): Promise<string | undefined> {
  const [found] = await list(engine, { label: toLabelFilters({ [STATE_LABEL]: stateFolder }) });
  return found?.Labels[STACK_LABEL];
}

function toLabelFilters(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`);
}

const Listed = z.array(
  z.object({
    Id: z.string(),
    Labels: z.record(z.string(), z.string()),
    Mounts: z.array(z.object({ Name: z.string().optional() })),
  }),
);
type ListedContainer = z.infer<typeof Listed>[number];

/**
 * Ends the attempts in a stack's network, then its parts from the last one on, and removes them and the network; the parts' volumes
 * only when told. What else somebody has connected to the network is none of ours: it only leaves it. False: there was nothing.
 *
 * @throws EngineError
 */
export async function removeStack(
  engine: DockerEngine,
  id: string,
  { hasVolumes }: { readonly hasVolumes: boolean },
): Promise<boolean> {
  const network = toNetworkName(id);
  const labels = toLabelFilters(toStackLabels(id));
  const rank = ({ Labels }: ListedContainer): number => PARTS.map(String).indexOf(Labels[PART_LABEL] ?? '');
  const parts = (await list(engine, { label: labels })).toSorted((a, b) => rank(b) - rank(a));
  const own = new Set(parts.map(({ Id }) => Id));
  const others = (await list(engine, { network: [network] })).filter(({ Id }) => !own.has(Id));
  const isAttempt = ({ Labels }: ListedContainer): boolean => Labels[ATTEMPT_LABEL] !== undefined;
  for (const container of others.filter(isAttempt)) await removeAttempt(engine, container);
  for (const { Id } of parts) await removeContainer(engine, Id);
  for (const { Id: Container } of others.filter((container) => !isAttempt(container))) {
    const body = { Container, Force: true };
    await unlessMissing(engine.send({ method: 'POST', path: `/networks/${network}/disconnect`, body }));
  }
  await unlessMissing(engine.send({ method: 'DELETE', path: `/networks/${network}` }));
  if (hasVolumes) for (const part of PARTS) await removeVolume(engine, toPartName(id, part));
  return parts.length + others.length > 0;
}

async function list(
  engine: DockerEngine,
  filters: Readonly<Record<string, readonly string[]>>,
): Promise<readonly ListedContainer[]> {
  const query = { all: true, filters: JSON.stringify(filters) };
  return Listed.parse(await engine.send({ method: 'GET', path: '/containers/json', query }));
}

/** With its own volume, and no other: tickets are somebody else's. */
async function removeAttempt(engine: DockerEngine, { Id, Labels, Mounts }: ListedContainer): Promise<void> {
  await removeContainer(engine, Id);
  const attempt = Labels[ATTEMPT_LABEL];
  for (const { Name } of Mounts) if (attempt !== undefined && Name?.endsWith(attempt)) await removeVolume(engine, Name);
}

async function removeContainer(engine: DockerEngine, id: string): Promise<void> {
  await unlessMissing(engine.send({ method: 'POST', path: `/containers/${id}/stop` }));
  await unlessMissing(engine.send({ method: 'DELETE', path: `/containers/${id}`, query: { force: true, v: true } }));
}

async function removeVolume(engine: DockerEngine, name: string): Promise<void> {
  await unlessMissing(engine.send({ method: 'DELETE', path: `/volumes/${name}` }));
}

async function unlessMissing(asked: Promise<unknown>): Promise<void> {
  await asked.catch((thrown: unknown) => {
    if (!hasStatus(thrown, 404)) throw thrown;
  });
}

function partFailed(part: string, cause: string): TowpathError {
  return new TowpathError({
    code: 'STACK_PART_FAILED',
    message: `The container of ${part} does not run.`,
    cause,
    fix: 'Mend what it says. What was started is stopped again; data is kept.',
  });
}
