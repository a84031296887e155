// Schedules in tests: registered like others, and their slots come when a test says so, since nobody waits for cron.
import { type Client, ListSchedules, RegisterCode, type ScheduleView } from '@towpath/api';
import type { ScheduleDefinition } from '@towpath/core';
import { waitFor } from '@towpath/testkit';
import type pg from 'pg';
import { withConnection } from '../db/database.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import { buildGraph, buildRegistration, buildTask } from './builders.ts';

/** A schedule whose own slots are years apart: in a test only those come that it makes. */
export function buildSchedule(overrides: Partial<ScheduleDefinition> = {}): ScheduleDefinition {
  return {
    name: 'default',
    cron: '0 0 29 2 *',
    timeZone: 'UTC',
    overlap: 'forbid',
    catchUp: 'latest',
    maxCatchUp: 10,
    startDeadlineSeconds: null,
    parameters: {},
    ...overrides,
  };
}

/** Registers a pipeline of one task `load` with these schedules, in a code location of its own. */
export async function registerScheduled(
  agent: Client,
  pipeline: string,
  schedules: readonly ScheduleDefinition[],
): Promise<void> {
  const graph = { ...buildGraph(pipeline, [buildTask('load')]), schedules };
  await agent.call(RegisterCode, { body: buildRegistration([graph], `code-${pipeline}`) });
}

/** The only schedule of a pipeline, as people see it. */
export async function getOnlySchedule(person: Client, pipeline: string): Promise<ScheduleView> {
  const { schedules } = await person.call(ListSchedules, { query: { pipeline } });
  const [schedule, ...others] = schedules;
  if (!schedule || others.length > 0) throw new Error(`${pipeline} has ${schedules.length} schedules`);
  return schedule;
}

/** Makes a slot of an active schedule be due since so many seconds, without waking anybody; returns the slot. */
export async function setDue(client: pg.Client, scheduleId: string, secondsAgo = 0): Promise<string> {
  const { rows } = await client.query<{ slot: string }>(
    `update schedules
     set next_slot_at = date_trunc('milliseconds', clock_timestamp()) - make_interval(secs => $2)
     where id = $1 and next_slot_at is not null
     returning next_slot_at as slot`,
    [scheduleId, secondsAgo],
  );
  if (!rows[0]) throw new Error(`schedule ${scheduleId} does not tick`);
  return rows[0].slot;
}

/** Makes a slot be due, wakes the servers, and waits until one of them has decided; returns the slot. */
export function comeDue(databaseUrl: string, scheduleId: string, secondsAgo = 0): Promise<string> {
  return withConnection(databaseUrl, async (client) => {
    const slot = await setDue(client, scheduleId, secondsAgo);
    await client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'schedules']);
    await waitFor(`slot ${slot} to be decided`, 20_000, async () => {
      const { rowCount } = await client.query(
        'select from schedules where id = $1 and next_slot_at > clock_timestamp()',
        [scheduleId],
      );
      return rowCount === 1;
    });
    return slot;
  });
}
