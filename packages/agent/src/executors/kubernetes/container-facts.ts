// What the containers of a Pod are doing that has not begun its attempt.
import { z } from 'zod';

const Waiting = z.object({ reason: z.string().default(''), message: z.string().default('') });
const Terminated = z.object({
  exitCode: z.number(),
  reason: z.string().default(''),
  message: z.string().optional(),
});
export type Terminated = z.infer<typeof Terminated>;

/** One of `status.containerStatuses` and `status.initContainerStatuses`. */
export const ContainerStatus = z.object({
  name: z.string(),
  imageID: z.string().default(''),
  state: z
    .object({ waiting: Waiting.optional(), running: z.unknown().optional(), terminated: Terminated.optional() })
    .default({}),
  lastState: z.object({ terminated: Terminated.optional() }).default({}),
  started: z.boolean().nullish(),
});
export type ContainerStatus = z.infer<typeof ContainerStatus>;

/** A container that does not run. */
export interface WaitingContainer extends z.infer<typeof Waiting> {
  readonly name: string;
  /** How it ended the last time. */
  readonly last: Terminated | undefined;
}

/** A container that ended. */
export interface EndedContainer extends Terminated {
  readonly name: string;
}

/** For this reason waits a container whose turn has not come, and one that is being created. */
const NOT_BEGUN = 'PodInitializing';

/** For this reason waits one that ended, and is started again after a while. */
export const STARTED_AGAIN = 'CrashLoopBackOff';

/** What a Pod does not run for: the first of its containers that could not begin, else the attempt's own. */
export function findWaiting(
  before: readonly ContainerStatus[],
  own: ContainerStatus | undefined,
  sidecars: ReadonlySet<string>,
): WaitingContainer | undefined {
  const held = before.flatMap((status) => toHeld(status, sidecars.has(status.name)))[0];
  if (held !== undefined || own?.state.waiting === undefined) return held;
  const { reason, message } = own.state.waiting;
  return { reason, message: message || formatUnready(before), name: own.name, last: own.lastState.terminated };
}

function toHeld({ name, state, lastState }: ContainerStatus, isSidecar: boolean): readonly WaitingContainer[] {
  const { waiting, terminated } = state;
  if (waiting !== undefined && waiting.reason !== NOT_BEGUN) return [{ ...waiting, name, last: lastState.terminated }];
  // Of Pods that are not started again themselves, kubelets show the end of a sidecar instead of the wait for its next start.
  return isSidecar && terminated !== undefined ? [{ reason: STARTED_AGAIN, message: '', name, last: terminated }] : [];
}

function formatUnready(before: readonly ContainerStatus[]): string {
  const unready = before.find(({ state, started }) => state.running !== undefined && started !== true);
  return unready === undefined ? '' : `It waits for container ${unready.name}.`;
}

/** The first of these that ended with an error. */
export function findFailed(containers: readonly ContainerStatus[]): EndedContainer | undefined {
  return containers.flatMap(({ name, state: { terminated } }) =>
    terminated === undefined || terminated.exitCode === 0 ? [] : [{ ...terminated, name }],
  )[0];
}

/** How a container ended, for people. */
export function describeEnd({ exitCode, reason, message }: Terminated): string {
  return [`It ended with exit code ${exitCode} (${reason}).`, message].filter(Boolean).join(' ');
}
