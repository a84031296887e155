// What gates are judged by and people decide: sign-offs, freezes, and the policy.
import { GATES, POLICY_SCHEMA_VERSION, ROLES, UNSKIPPABLE_GATES, WEEK_DAYS } from '@towpath/core';
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { DeclaredSourcesSchema, EVIDENCE_RULES } from './evidence-schemas.ts';
import { InstantSchema, keysOf } from './states.ts';

const ReleaseId = z.string().regex(/^[0-9a-f]{64}$/);
const EnvironmentName = z.string().min(1).max(63);
const Note = z.string().max(2000);

export const SignOffView = z.object({
  id: z.uuid(),
  releaseId: z.string(),
  environment: z.string(),
  role: z.string(),
  person: z.string(),
  decision: z.enum(['approved', 'refused']),
  note: z.string().nullable(),
  givenAt: InstantSchema,
  expiresAt: InstantSchema,
  withdrawnAt: InstantSchema.nullable(),
  /** Who ended it: its person, or who lifted a refusal. */
  withdrawnBy: z.string().nullable(),
  withdrawnWhy: z.string().nullable(),
  /** When access of its person was revoked, if that was after it: an approval counts no more, a refusal may be lifted by somebody else. */
  accessRevokedAt: InstantSchema.nullable(),
});
export type SignOffView = z.infer<typeof SignOffView>;

export const GiveSignOff = defineRoute({
  method: 'POST',
  path: '/api/sign-offs',
  permission: 'sign-offs:write',
  summary:
    "Sign off a release for an environment, or refuse it, in the caller's role. An approval holds for this very release until the policy lets it expire, a refusal (which needs a note) until it is taken back; a person has one word at a time.",
  body: z.strictObject({
    releaseId: ReleaseId,
    environment: EnvironmentName,
    decision: z.enum(['approved', 'refused']),
    note: Note.optional(),
  }),
  reply: SignOffView,
});

export const WithdrawSignOff = defineRoute({
  method: 'DELETE',
  path: '/api/sign-offs/:signOffId',
  permission: 'sign-offs:write',
  summary: "Take one's own sign-off back. Repeating it is harmless.",
  params: z.object({ signOffId: z.uuid() }),
  reply: SignOffView,
});

export const LiftRefusal = defineRoute({
  method: 'POST',
  path: '/api/sign-offs/:signOffId/lift',
  permission: 'sign-offs:write',
  summary:
    'Lift the refusal of somebody whose access was revoked since. Not by who recorded the release. Repeating it is harmless.',
  params: z.object({ signOffId: z.uuid() }),
  body: z.strictObject({ reason: Note.min(1) }),
  reply: SignOffView,
});

export const ListSignOffs = defineRoute({
  method: 'GET',
  path: '/api/sign-offs',
  permission: 'releases:read',
  summary: 'Sign-offs of a release, newest first, withdrawn ones too.',
  query: z.object({ releaseId: ReleaseId, environment: EnvironmentName.optional() }),
  reply: z.object({ signOffs: z.array(SignOffView) }),
});

export const FreezeView = z.object({
  id: z.uuid(),
  environment: z.string(),
  reason: z.string(),
  startsAt: InstantSchema,
  /** Null: until it is lifted. */
  endsAt: InstantSchema.nullable(),
  declaredAt: InstantSchema,
  declaredBy: z.string(),
  liftedAt: InstantSchema.nullable(),
  liftedBy: z.string().nullable(),
});
export type FreezeView = z.infer<typeof FreezeView>;

export const DeclareFreeze = defineRoute({
  method: 'POST',
  path: '/api/freezes',
  permission: 'promotions:write',
  summary: 'Close an environment to promotions, from now or later, until an instant or until it is lifted.',
  body: z.strictObject({
    environment: EnvironmentName,
    reason: z.string().min(1).max(500),
    startsAt: InstantSchema.optional(),
    endsAt: InstantSchema.optional(),
  }),
  reply: FreezeView,
});

export const LiftFreeze = defineRoute({
  method: 'POST',
  path: '/api/freezes/:freezeId/lift',
  permission: 'promotions:write',
  summary: 'End a declared freeze. Repeating it is harmless.',
  params: z.object({ freezeId: z.uuid() }),
  body: z.strictObject({ why: Note.optional() }),
  reply: FreezeView,
});

const ClosureView = z.object({
  kind: z.enum(['month-end', 'yearly', 'filing-date', 'holiday', 'declared', 'window']),
  name: z.string(),
});

/** A closure as long as it lasts. */
const ClosedRangeView = ClosureView.extend({
  startsAt: InstantSchema,
  /** Null: until somebody lifts it. */
  endsAt: InstantSchema.nullable(),
});

export const GetCalendar = defineRoute({
  method: 'GET',
  path: '/api/environments/:environment/calendar',
  permission: 'releases:read',
  summary:
    'Whether an environment is open to promotions at an instant (default: now), what closes it, when it opens or closes next (windows and freezes together), the freezes that were declared, and for each of the next days when it is open and why it is closed.',
  params: z.object({ environment: EnvironmentName }),
  query: z.object({
    at: InstantSchema.optional(),
    /** How many days to list, from that of the instant on. */
    days: z.coerce.number().int().min(0).max(62).default(0),
  }),
  reply: z.object({
    at: InstantSchema,
    timeZone: z.string(),
    closures: z.array(ClosureView),
    /** `at` itself while it is open. Null: not within two years, or not while a freeze lasts. */
    nextOpen: InstantSchema.nullable(),
    /** While it is open: when it closes. Null: it is closed, or stays open for the next 62 days. An older server does not say. */
    openUntil: InstantSchema.nullable().default(null),
    freezes: z.array(FreezeView),
    /** Days in the calendar's time zone. */
    days: z.array(
      z.object({
        on: z.iso.date(),
        /** All that closes some of the day, by its beginning. */
        closures: z.array(ClosedRangeView),
        /** When it is open, within the day; empty: not at all. */
        open: z.array(z.object({ startsAt: InstantSchema, endsAt: InstantSchema })),
      }),
    ),
  }),
});

export const CALENDAR_MEDIA_TYPE = 'text/calendar';

export const GetCalendarFeed = defineRoute({
  method: 'GET',
  path: '/api/environments/:environment/calendar.ics',
  permission: 'releases:read',
  summary:
    'What closes an environment to promotions, a month back and a year ahead, as iCalendar (RFC 5545): freezes of its calendar, those that were declared, and the time outside of its weekly windows.',
  params: z.object({ environment: EnvironmentName }),
  replyMediaType: CALENDAR_MEDIA_TYPE,
  reply: z.string(),
});

const MonthDay = z.string().regex(/^(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/);
const Name = z.string().min(1).max(100);

const FreezeCalendarSchema = z.strictObject({
  timeZone: z.string().min(1).max(64).default('UTC'),
  monthEndBusinessDays: z.number().int().min(0).max(23).default(0),
  yearly: z
    .array(z.strictObject({ name: Name, from: MonthDay, until: MonthDay }))
    .max(50)
    .default([]),
  filingDates: z
    .array(z.strictObject({ on: z.iso.date(), name: Name }))
    .max(1000)
    .default([]),
  holidays: z
    .array(
      z.strictObject({
        country: z.string().regex(/^[A-Z]{2}$/),
        region: z
          .string()
          .regex(/^[A-Z0-9]{1,4}$/)
          .optional(),
      }),
    )
    .max(20)
    .default([]),
});

const PersonRoleSchema = z.enum(keysOf(ROLES)).exclude(['agent', 'attempt']);

const TimeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/);

const WeeklyWindowSchema = z.strictObject({
  days: z.array(z.enum(WEEK_DAYS)).min(1).max(7),
  from: TimeOfDay,
  /** One that is not later than `from` is on the day after. */
  until: z.union([TimeOfDay, z.literal('24:00')]),
  timeZone: z.string().min(1).max(64).default('UTC'),
});

const QuarantineSchema = z.strictObject({
  method: z.enum(['max', 'median']).default('max'),
  runs: z.number().int().min(1).max(20).default(5),
  mayExceedBy: z.number().int().min(0).max(1_000_000_000).default(0),
  mustTell: z.array(Name).max(1000).default([]),
});

const ParitySchema = z.strictObject({
  mustBeRecorded: z.boolean().default(false),
  except: z.array(Name).max(1000).default([]),
});

const DeployPlanSchema = z.strictObject({
  approvals: z
    .partialRecord(PersonRoleSchema, z.number().int().min(0).max(20))
    .refine((approvals) => Object.values(approvals).some((count) => (count ?? 0) > 0), 'somebody has to approve it'),
  expiresHours: z.number().min(0.01).max(8760).default(24),
});

const EmergencySchema = z.strictObject({
  skips: z.array(z.enum(GATES).exclude([...UNSKIPPABLE_GATES])).max(50),
  approvals: z.partialRecord(PersonRoleSchema, z.number().int().min(0).max(20)),
  expiresHours: z.number().min(0.01).max(168).default(4),
});

const RULES = {
  promoters: z.array(PersonRoleSchema).min(1).max(10),
  soakHours: z.number().min(0).max(8760),
  cycles: z.number().int().min(0).max(1000),
  signOffs: z.partialRecord(PersonRoleSchema, z.number().int().min(0).max(20)),
  signOffDays: z.number().min(0.01).max(365),
  needsRollbackPlan: z.boolean(),
  needsRehearsal: z.boolean(),
  deployPlan: DeployPlanSchema.nullable(),
  quarantine: QuarantineSchema.nullable(),
  parity: ParitySchema.nullable(),
  windows: z.array(WeeklyWindowSchema).max(20),
  automatic: z.boolean(),
  emergency: EmergencySchema.nullable(),
  freeze: FreezeCalendarSchema.nullable(),
  ...EVIDENCE_RULES,
};

const PartialRules = z.strictObject(RULES).partial();

/** A policy; what it leaves out is as the shipped one has it. */
export const PromotionPolicySchema = z.strictObject({
  schemaVersion: z.literal(POLICY_SCHEMA_VERSION),
  kinds: z.strictObject({ shared: PartialRules, production: PartialRules }).partial().default({}),
  environments: z.record(EnvironmentName, PartialRules).default({}),
  evidence: DeclaredSourcesSchema.default({}),
});

export const PolicyView = z.object({
  /** 0: the one that is shipped. */
  version: z.number().int(),
  policy: PromotionPolicySchema,
  /** What it comes to for each environment. */
  rules: z.record(z.string(), z.strictObject(RULES)),
  appliedAt: InstantSchema.nullable(),
  appliedBy: z.string().nullable(),
  note: z.string().nullable(),
});
export type PolicyView = z.infer<typeof PolicyView>;

export const GetPolicy = defineRoute({
  method: 'GET',
  path: '/api/policy',
  permission: 'releases:read',
  summary: 'The policy of promotions that is in force.',
  reply: PolicyView,
});

export const ApplyPolicy = defineRoute({
  method: 'PUT',
  path: '/api/policy',
  permission: 'policies:write',
  summary:
    'Replace the policy of promotions; it holds from the next judgement of each gate on. The same policy again changes nothing.',
  body: z.strictObject({ policy: PromotionPolicySchema, note: Note.optional() }),
  reply: PolicyView,
});
