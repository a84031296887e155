// People name a schedule by its pipeline, and by its own name where the pipeline has several: `daily`, `daily/nightly`.
import { type Client, ListSchedules, type ScheduleView } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { Asking } from './find-run.ts';
import { findSelectedEnvironment, type SelectionOptions } from './select-on-server.ts';
import { suggestName } from './suggest-name.ts';

/** Help text of the argument. */
export const SCHEDULE_ARGUMENT = '<pipeline>, or <pipeline>/<name> where it has several';

/** `daily/nightly` */
export function formatScheduleName({ pipeline, name }: Pick<ScheduleView, 'pipeline' | 'name'>): string {
  return `${pipeline}/${name}`;
}

/**
 * The schedule that a person means, in the selected environment.
 *
 * @throws TowpathError `SCHEDULE_MISSING`, `SCHEDULE_AMBIGUOUS`, and those of the selection
 */
export async function getScheduleByName(
  { client, context }: Asking,
  text: string,
  options: SelectionOptions,
): Promise<ScheduleView> {
  const environment = findSelectedEnvironment(context, options);
  const [pipeline = '', name] = text.split('/', 2);
  const { schedules } = await client.call(ListSchedules, { query: { pipeline, environment } });
  const [schedule, ...others] = name === undefined ? schedules : schedules.filter((one) => one.name === name);
  if (!schedule) throw missing(text, schedules, await listNames(client, text, environment));
  if (others.length > 0) throw ambiguous(text, [schedule, ...others]);
  return schedule;
}

/** The names that a person may have meant: with the schedule's own name where the text has one. */
async function listNames(client: Client, text: string, environment: string | undefined): Promise<readonly string[]> {
  const { schedules } = await client.call(ListSchedules, { query: { environment } });
  return [...new Set(schedules.map((one) => (text.includes('/') ? formatScheduleName(one) : one.pipeline)))];
}

function missing(text: string, ofPipeline: readonly ScheduleView[], known: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'SCHEDULE_MISSING',
    message: `There is no schedule ${JSON.stringify(text)}.`,
    cause: ofPipeline.length > 0 ? `That pipeline has ${ofPipeline.map(formatScheduleName).join(', ')}.` : undefined,
    fix: suggestName(text, known) ?? 'Take its name from `npx towpath schedules`.',
  });
}

function ambiguous(text: string, found: readonly ScheduleView[]): TowpathError {
  const places = found.map((schedule) => `${formatScheduleName(schedule)} in ${schedule.environment}`);
  return new TowpathError({
    code: 'SCHEDULE_AMBIGUOUS',
    message: `${JSON.stringify(text)} names ${found.length} schedules.`,
    cause: `There are ${places.join(', ')}.`,
    fix: 'Name one as <pipeline>/<name>, and its environment with --environment.',
  });
}
