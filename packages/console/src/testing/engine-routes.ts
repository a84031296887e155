// Schedules, pools and the audit of a world in memory.
import {
  GetAuditStatus,
  GetConfiguration,
  ListAudit,
  ListDatakits,
  ListNotifications,
  ListPools,
  ListSchedules,
  PauseSchedule,
  ResumeSchedule,
  RunScheduleNow,
  SetPool,
} from '@towpath/api';
import { type Answer, json, type Reply, type Route, start } from './answers.ts';
import { summaryOf, type World } from './fixtures.ts';

export const ENGINE_ROUTES: readonly Route[] = [
  { method: 'GET', path: /^\/api\/schedules$/, answer: ({ schedules }) => json(ListSchedules, { schedules }) },
  { method: 'POST', path: /^\/api\/schedules\/([^/]+)\/pause$/, answer: pause },
  { method: 'POST', path: /^\/api\/schedules\/([^/]+)\/resume$/, answer: resume },
  { method: 'POST', path: /^\/api\/schedules\/([^/]+)\/run$/, answer: runNow },
  { method: 'GET', path: /^\/api\/pools$/, answer: ({ pools }) => json(ListPools, { pools }) },
  { method: 'PUT', path: /^\/api\/environments\/[^/]+\/pools\/([^/]+)$/, answer: setPool },
  {
    method: 'GET',
    path: /^\/api\/environments\/([^/]+)\/configuration$/,
    answer: ({ configurations }, _, name) =>
      json(GetConfiguration, { configurations: configurations.get(decodeURIComponent(name)) ?? [] }),
  },
  {
    method: 'GET',
    path: /^\/api\/notifications$/,
    answer: ({ notifications }) => json(ListNotifications, { notifications, next: null }),
  },
  {
    method: 'GET',
    path: /^\/api\/datakits$/,
    answer: ({ datakits }) => json(ListDatakits, { datakits, next: null }),
  },
  { method: 'GET', path: /^\/api\/audit$/, answer: listAudit },
  { method: 'GET', path: /^\/api\/audit\/status$/, answer: ({ audit }) => json(GetAuditStatus, audit.status) },
];

function missing(what: string): Reply {
  return { problem: { status: 404, code: 'UNKNOWN', title: `There is no ${what}.` } };
}

function findSchedule({ schedules }: World, id: string) {
  return schedules.find((schedule) => schedule.id === id);
}

function pause(world: World, { body }: Parameters<Answer>[1], id: string): Reply {
  const schedule = findSchedule(world, id);
  if (!schedule) return missing('schedule');
  const note = typeof body === 'object' && body !== null && 'note' in body ? String(body.note) : null;
  schedule.paused = { at: new Date().toISOString(), by: 'console', note };
  return json(PauseSchedule, schedule);
}

function resume(world: World, _: Parameters<Answer>[1], id: string): Reply {
  const schedule = findSchedule(world, id);
  if (!schedule) return missing('schedule');
  schedule.paused = null;
  return json(ResumeSchedule, schedule);
}

function runNow(world: World, _: Parameters<Answer>[1], id: string): Reply {
  const schedule = findSchedule(world, id);
  if (!schedule) return missing('schedule');
  return json(
    RunScheduleNow,
    summaryOf(start(world, { pipeline: schedule.pipeline, environment: schedule.environment })),
  );
}

function setPool({ pools }: World, { body }: Parameters<Answer>[1], name: string): Reply {
  const pool = pools.find((candidate) => candidate.name === decodeURIComponent(name));
  if (!pool) return missing('pool');
  const slots = typeof body === 'object' && body !== null && 'slots' in body ? body.slots : null;
  pool.setSlots = typeof slots === 'number' ? slots : null;
  pool.slots = pool.setSlots ?? pool.declaredSlots ?? 0;
  pool.changedBy = 'console';
  return json(SetPool, pool);
}

function listAudit({ audit }: World, { url: { searchParams: query } }: Parameters<Answer>[1]): Reply {
  const limit = Number(query.get('limit') ?? 50);
  const after = Number(query.get('after') ?? Number.POSITIVE_INFINITY);
  const action = query.get('action');
  const matching = audit.entries
    .toReversed()
    .filter((entry) => entry.sequence < after)
    .filter((entry) => !query.has('actor') || entry.actor.name === query.get('actor'))
    .filter((entry) => !query.has('subject') || entry.subject.name === query.get('subject'))
    .filter((entry) => !action || entry.action === action || entry.action.startsWith(`${action}.`));
  const entries = matching.slice(0, limit);
  return json(ListAudit, { entries, next: matching.length > limit ? String(entries.at(-1)?.sequence) : null });
}
