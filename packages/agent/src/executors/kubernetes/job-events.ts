import { z } from 'zod';
import { askPatiently } from '../ask-patiently.ts';
import { type JobPlace, listJobs } from './jobs.ts';
import { isApiAway } from './kubernetes-api.ts';

const Events = z.object({
  items: z.array(
    z.object({ type: z.string().default(''), reason: z.string().default(''), message: z.string().default('') }),
  ),
});

const ASKING_MS = 30_000;

/** What Kubernetes warns of at the Job of an attempt, oldest first; nothing when it does not say. */
export async function listJobEvents(place: JobPlace, attemptId: string): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(ASKING_MS);
  try {
    return await askPatiently(() => ask(place, attemptId), { signal, isAway: isApiAway });
  } catch {
    // They only explain.
    return [];
  }
}

async function ask(place: JobPlace, attemptId: string): Promise<readonly string[]> {
  const [job] = await listJobs(place, attemptId);
  if (job === undefined) return [];
  const query = { fieldSelector: `involvedObject.uid=${job.uid}` };
  const path = `/api/v1/namespaces/${place.namespace}/events`;
  const { items } = Events.parse(await place.api.send({ method: 'GET', path, query }));
  return items.filter(({ type }) => type === 'Warning').map(({ reason, message }) => `${reason}: ${message}`);
}
