// Whether the engine that answers has seen a container end. One that was restarted has not seen what ended while it was down: the
// exit code is still right, but what was printed meanwhile went into a pipe that nobody read. An engine keeps its last 256 events,
// and forgets them when it restarts: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemEvents
import { text } from 'node:stream/consumers';
import { type DockerEngine, toAway } from '@towpath/oci';
import { z } from 'zod';

/** `unknown`: so much has happened since that it does not remember either way. */
export type EndMemory = 'seen' | 'missed' | 'unknown';

const KEPT_EVENTS = 256;

const EngineEvent = z.object({
  Type: z.string(),
  Action: z.string(),
  Actor: z.object({ ID: z.string() }),
});

const Clock = z.object({ SystemTime: z.string() });

/** Asks it, of a container that is not running any more. @throws EngineError */
export async function recallEnd(engine: DockerEngine, containerId: string): Promise<EndMemory> {
  const { SystemTime } = Clock.parse(await engine.send({ method: 'GET', path: '/info' }));
  // By its own clock: up to a time that has not come it would wait.
  const query = { since: 0, until: toSeconds(SystemTime) };
  const stream = await engine.open({ method: 'GET', path: '/events', query });
  const lines = await text(stream).catch((thrown: unknown) => {
    throw toAway(thrown);
  });
  const events = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => EngineEvent.parse(JSON.parse(line)));
  const isEnd = ({ Type, Action, Actor }: z.infer<typeof EngineEvent>): boolean =>
    Type === 'container' && Action === 'die' && Actor.ID === containerId;
  if (events.some(isEnd)) return 'seen';
  return events.length < KEPT_EVENTS ? 'missed' : 'unknown';
}

/** Seconds of the epoch with all digits behind the point, as the API takes it. */
function toSeconds(instant: string): string {
  const fraction = /\.(\d{1,9})/.exec(instant)?.[1] ?? '0';
  return `${Math.floor(Date.parse(instant) / 1000)}.${fraction.padEnd(9, '0')}`;
}
