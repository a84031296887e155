// Schedules: when pipelines run by themselves, what became of each slot, and what people may do about it.
import { CATCH_UP_POLICIES, OVERLAP_POLICIES } from '@towpath/core';
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { ParameterValuesSchema } from './graph-schema.ts';
import { RunSummary, wholeNumber } from './run-routes.ts';
import { InstantSchema, keysOf, RunStateSchema } from './states.ts';

const ScheduleParams = z.object({ scheduleId: z.uuid() });

/** A run as a schedule names it. */
export const ScheduleRunView = z.object({
  id: z.uuid(),
  number: z.number().int(),
  /** `pipeline-environment #41` */
  name: z.string(),
  state: RunStateSchema,
});

export const SlotView = z.object({
  /** The instant that the schedule names; its run's `logicalAt`. */
  slotAt: InstantSchema,
  /** Set when one row stands for every slot from `slotAt` to this one: the older part of a long absence. */
  untilAt: InstantSchema.nullable(),
  /** `queued` becomes one of the others; they are final. */
  outcome: z.enum(['planned', 'queued', 'skipped', 'missed']),
  /** A stable word such as `RUN_NOT_ENDED`; null when planned or queued. */
  reasonCode: z.string().nullable(),
  /** The same for people. */
  reason: z.string().nullable(),
  /** When the outcome was written. */
  decidedAt: InstantSchema,
  run: ScheduleRunView.nullable(),
});
export type SlotView = z.infer<typeof SlotView>;

export const ScheduleView = z.object({
  id: z.uuid(),
  environment: z.string(),
  codeLocation: z.string(),
  pipeline: z.string(),
  /** Unique in its pipeline; `default` when the author gave none. */
  name: z.string(),
  /** Five fields. */
  cron: z.string(),
  /** IANA name. */
  timeZone: z.string(),
  overlap: z.enum(keysOf(OVERLAP_POLICIES)),
  catchUp: z.enum(keysOf(CATCH_UP_POLICIES)),
  maxCatchUp: z.number().int(),
  startDeadlineSeconds: z.number().nullable(),
  parameters: ParameterValuesSchema,
  /** Null while it ticks. */
  paused: z.object({ at: InstantSchema, by: z.string(), note: z.string().nullable() }).nullable(),
  /** The next five, from now on; while it is paused, what they would be. */
  nextSlots: z.array(InstantSchema),
  /** Slots that wait for the end of a run before them. */
  queuedSlots: z.number().int(),
  /** Its run that has not ended: there is at most one. */
  liveRun: ScheduleRunView.nullable(),
  /** The last ten, newest first. */
  lastSlots: z.array(SlotView),
});
export type ScheduleView = z.infer<typeof ScheduleView>;

export const ListSchedules = defineRoute({
  method: 'GET',
  path: '/api/schedules',
  permission: 'schedules:read',
  summary: 'Schedules with their next and last slots, by environment, pipeline and name.',
  query: z.object({ environment: z.string().optional(), pipeline: z.string().optional() }),
  reply: z.object({ schedules: z.array(ScheduleView) }),
});

export const ListScheduleSlots = defineRoute({
  method: 'GET',
  path: '/api/schedules/:scheduleId/slots',
  permission: 'schedules:read',
  summary: 'What became of the slots of a schedule in the last 90 days, newest first, in keyset pages.',
  params: ScheduleParams,
  query: z.object({
    /** Opaque; from `next` of the page before. */
    after: z.string().max(200).optional(),
    limit: wholeNumber(1, 200).default(50),
  }),
  reply: z.object({ slots: z.array(SlotView), next: z.string().nullable() }),
});

export const PauseSchedule = defineRoute({
  method: 'POST',
  path: '/api/schedules/:scheduleId/pause',
  permission: 'schedules:write',
  summary:
    'Let no slot of a schedule start a run until it is resumed. Its running run goes on. Repeating it changes nothing, not even the note.',
  params: ScheduleParams,
  body: z.strictObject({ note: z.string().max(500).optional() }),
  reply: ScheduleView,
});

export const ResumeSchedule = defineRoute({
  method: 'POST',
  path: '/api/schedules/:scheduleId/resume',
  permission: 'schedules:write',
  summary: 'Let a schedule tick again, from now on: what passed meanwhile was no slot. Repeating it changes nothing.',
  params: ScheduleParams,
  body: z.strictObject({}),
  reply: ScheduleView,
});

export const RunScheduleNow = defineRoute({
  method: 'POST',
  path: '/api/schedules/:scheduleId/run',
  permission: 'runs:start',
  summary:
    "Plan a run with the schedule's parameters that stands for this moment; its slots stay as they are. Works while it is paused. 409 SCHEDULE_RUNNING while a run of it has not ended, whatever its overlap policy.",
  params: ScheduleParams,
  body: z.strictObject({ note: z.string().max(500).optional() }),
  reply: RunSummary,
});
