// What the deploy command of an environment would change, before it does: an agent makes the plan file and keeps it; people approve
// its hash; that file alone is applied.
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { InstantSchema } from './states.ts';

/** How much of what a plan command prints is kept; what is over that is cut out of its middle. */
export const MAX_DEPLOY_PLAN_CHARACTERS = 128 * 1024;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Note = z.string().max(2000);

const DeployPlanSignOffView = z.object({
  role: z.string(),
  person: z.string(),
  decision: z.enum(['approved', 'refused']),
  note: z.string().nullable(),
  givenAt: InstantSchema,
  /** When the access of its person was revoked after it: it counts no more. */
  accessRevokedAt: InstantSchema.nullable(),
});
export type DeployPlanSignOffView = z.infer<typeof DeployPlanSignOffView>;

export const DeployPlanView = z.object({
  id: z.uuid(),
  promotionId: z.uuid(),
  /** The agent that made it, and alone has the file. */
  agent: z.string(),
  /** SHA-256 of the file, in hex. Null: it could not be made. */
  sha256: z.string().nullable(),
  sizeBytes: z.number().int().nullable(),
  /** What the plan command printed, secrets masked. */
  output: z.string(),
  /** It printed more than is kept; the middle is missing. */
  isOutputCut: z.boolean(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  madeAt: InstantSchema,
  expiresAt: InstantSchema,
  /** When the promotion began with it; it alone may be applied. */
  acceptedAt: InstantSchema.nullable(),
  /** When it stopped counting, and why. */
  withdrawnAt: InstantSchema.nullable(),
  withdrawnWhy: z.string().nullable(),
  signOffs: z.array(DeployPlanSignOffView),
});
export type DeployPlanView = z.infer<typeof DeployPlanView>;

export const ListDeployPlans = defineRoute({
  method: 'GET',
  path: '/api/promotions/:promotionId/deploy-plans',
  permission: 'releases:read',
  summary:
    'Plans of the deploy command for a promotion, newest first, with who said what about each. At most the first one counts, and not when it was withdrawn.',
  params: z.object({ promotionId: z.uuid() }),
  reply: z.object({ plans: z.array(DeployPlanView) }),
});

export const SignDeployPlan = defineRoute({
  method: 'POST',
  path: '/api/promotions/:promotionId/deploy-plan/sign-offs',
  permission: 'sign-offs:write',
  summary:
    'Approve the plan of the deploy command by the hash of its file, or refuse it (needs a note), which ends the promotion. Only in a role that the policy names, and neither by who recorded the release nor by who asked for the promotion.',
  params: z.object({ promotionId: z.uuid() }),
  body: z.strictObject({ sha256: Sha256, decision: z.enum(['approved', 'refused']), note: Note.optional() }),
  reply: DeployPlanView,
});

export const ReportDeployPlan = defineRoute({
  method: 'PUT',
  path: '/api/agent/sessions/:sessionId/deploy-plan',
  permission: 'attempts:execute',
  summary:
    'Report the plan of the deploy command that an agent made for a promotion that waits, or why it could not. Other content takes the place of what was reported before, with all that was said about it. Repeating it is harmless.',
  params: z.object({ sessionId: z.uuid() }),
  body: z.strictObject({
    promotionId: z.uuid(),
    file: z.strictObject({ sha256: Sha256, sizeBytes: z.number().int().min(0) }).nullable(),
    output: z.string().max(MAX_DEPLOY_PLAN_CHARACTERS),
    isOutputCut: z.boolean(),
    error: z.strictObject({ code: z.string().max(64), message: Note }).nullable(),
  }),
  reply: z.object({}),
});
