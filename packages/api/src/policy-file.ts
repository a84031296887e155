// A policy as a file: what the server takes, and examples that whoever edits it tests it by. The server never sees those.
import { ENVIRONMENT_KINDS, GATE_DECISIONS, GATES, ROLES } from '@towpath/core';
import { z } from 'zod';
import { PromotionPolicySchema } from './promotion-rule-routes.ts';
import { InstantSchema, keysOf } from './states.ts';

const Text = z.string().min(1).max(500);
const Hours = z.number().min(0).max(100_000);
const Count = z.number().int().min(0);
const Instant = InstantSchema;
const Subjects = z.array(Text).max(1000);

const SignOff = z.strictObject({
  role: z.enum(keysOf(ROLES)),
  person: Text,
  decision: z.enum(['approved', 'refused']).optional(),
  hoursAgo: Hours.optional(),
});

const ExampleSchema = z.strictObject({
  name: Text,
  environment: z.strictObject({ name: Text, kind: z.enum(ENVIRONMENT_KINDS) }),
  at: Instant,
  facts: z
    .strictObject({
      soakedHours: Hours,
      isFirst: z.boolean(),
      cycles: z.record(z.string(), Count),
      quarantined: z.record(
        z.string(),
        z.strictObject({ since: z.array(Count).default([]), before: z.array(Count).default([]) }),
      ),
      isRehearsed: z.boolean(),
      durations: z.record(z.string(), z.strictObject({ beforeSeconds: Hours, afterSeconds: Hours })),
      parity: z
        .strictObject({
          ...{ lacking: Subjects, otherwise: Subjects, unset: Subjects, differences: Subjects },
          isRecorded: z.boolean(),
        })
        .partial(),
      changeRecord: Text,
      signOffs: z.array(SignOff),
      deployPlan: z.strictObject({ hoursAgo: Hours.optional(), signOffs: z.array(SignOff).optional() }),
      rollbackPlan: Text,
      notBefore: Instant,
      freezes: z.array(z.strictObject({ reason: Text, startsAt: Instant, endsAt: Instant.optional() })),
      holidays: z.array(z.strictObject({ on: z.iso.date(), name: Text })),
      emergency: z.strictObject({ reason: Text, askedHoursAgo: Hours.optional() }),
    })
    .partial()
    .default({}),
  expect: z.strictObject({ decision: z.enum(GATE_DECISIONS), red: z.array(z.enum(GATES)).optional() }),
});

/** A policy file. */
export const PolicyFileSchema = PromotionPolicySchema.extend({
  examples: z.array(ExampleSchema).max(1000).default([]),
});
