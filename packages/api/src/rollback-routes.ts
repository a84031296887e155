// The way back: where it leads, and going it. Who may do so in which environment is said by the policy, besides the permission.
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { PromotionPlanSchema, PromotionView, ReleaseName } from './promotion-routes.ts';

const ReleaseId = z.string().regex(/^[0-9a-f]{64}$/);
const EnvironmentName = z.string().min(1).max(63);
const ModelNames = z.array(z.string().min(1).max(512)).min(1).max(1000);
const PipelineName = z.string().min(1).max(63);

export const RollBack = defineRoute({
  method: 'POST',
  path: '/api/environments/:environment/rollback',
  permission: 'promotions:write',
  summary:
    'Bring an environment back from the release it runs (`from`) to the one it ran before that was not rolled back from and that nobody refuses, or to another one that it ran (`to`), refused or not; from one whose deploy plan was not applied to the end, to the one that was applied last. Passes no gate but `deploy-plan`, also in a freeze; ends a promotion that waits or runs there. Asked again, it is the same rollback. `fullRefresh` names dbt models that are made anew when it has taken effect, by one run of the pipeline that declares a parameter `fullRefresh`.',
  params: z.object({ environment: EnvironmentName }),
  body: z.strictObject({
    from: ReleaseId,
    to: ReleaseId.optional(),
    reason: z.string().min(1).max(2000),
    fullRefresh: z.strictObject({ models: ModelNames, pipeline: PipelineName.optional() }).optional(),
  }),
  reply: PromotionView,
});

export const PlanRollback = defineRoute({
  method: 'GET',
  path: '/api/environments/:environment/rollback',
  permission: 'releases:read',
  summary:
    'Where a rollback of an environment from a release would lead, and through which gates. Changes nothing; what differs is in the bills of both releases. With `fullRefresh`, names of dbt models with commas between, also what would be made anew.',
  params: z.object({ environment: EnvironmentName }),
  query: z.object({
    from: ReleaseId,
    to: ReleaseId.optional(),
    fullRefresh: z
      .string()
      .transform((text) => text.split(','))
      .pipe(ModelNames)
      .optional(),
    pipeline: PipelineName.optional(),
  }),
  reply: z.object({
    from: ReleaseName,
    to: ReleaseName,
    plan: PromotionPlanSchema,
    /** Pipelines of `to` that make models anew. An older server says none. */
    refreshPipelines: z.array(z.string()).default([]),
    /** Unique ids, in name order. Null: nothing is chosen. */
    refresh: z
      .object({
        pipeline: z.string(),
        models: z.array(z.string()),
        between: z.array(z.string()),
        /** Built as always after them, since they read them. */
        downstream: z.array(z.string()),
      })
      .nullable()
      .default(null),
  }),
});
