// What another policy would have made of past promotions.
import { GATE_DECISIONS } from '@towpath/core';
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { ReleaseName, VerdictView } from './promotion-routes.ts';
import { PromotionPolicySchema } from './promotion-rule-routes.ts';
import { InstantSchema } from './states.ts';

/** A promotion that another policy would have decided differently. */
export const ReplayedPromotion = z.object({
  promotionId: z.uuid(),
  environment: z.string(),
  release: ReleaseName,
  judgedAt: InstantSchema,
  was: z.enum(GATE_DECISIONS),
  would: z.enum(GATE_DECISIONS),
  /** Gates that would have said something else; `was` null: it was not asked. */
  changed: z.array(z.object({ was: z.enum(GATE_DECISIONS).nullable(), verdict: VerdictView })),
});
export type ReplayedPromotion = z.infer<typeof ReplayedPromotion>;

export const ReplayPolicy = defineRoute({
  method: 'POST',
  path: '/api/policy/replay',
  permission: 'releases:read',
  summary:
    'Which promotions of the last days (at most 2,000, newest first) a policy would have decided differently from what was decided last, by the facts that were kept then. Changes nothing.',
  body: z.strictObject({ policy: PromotionPolicySchema, days: z.number().min(0.01).max(3660) }),
  reply: z.object({
    /** So many were judged again. */
    judgedCount: z.number().int(),
    /** So many were not, since nothing was kept of what they were judged by. */
    unrecordedCount: z.number().int(),
    differing: z.array(ReplayedPromotion),
  }),
});
