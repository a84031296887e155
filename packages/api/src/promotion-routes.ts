// How releases come into environments: promotions with their gates. Who may do what in which environment is
// said by the policy, besides the permission of the route.
import { GATE_DECISIONS, GATE_REASONS, GATES, PROMOTION_KINDS, PROMOTION_STATES, PROMOTION_STEPS } from '@towpath/core';
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { ChangeNumber } from './evidence-schemas.ts';
import { RefreshView } from './refresh-view.ts';
import { ReleaseBillSchema } from './release-routes.ts';
import { EnvironmentKindSchema, InstantSchema, keysOf, RunStateSchema } from './states.ts';

const ReleaseId = z.string().regex(/^[0-9a-f]{64}$/);
const EnvironmentName = z.string().min(1).max(63);
const Note = z.string().max(2000);

export const ReleaseName = z.object({ id: z.string(), project: z.string(), version: z.string() });
export type ReleaseName = z.infer<typeof ReleaseName>;

export const VerdictView = z.object({
  gate: z.enum(GATES),
  decision: z.enum(GATE_DECISIONS),
  code: z.enum(keysOf(GATE_REASONS)),
  /** The code as a sentence. */
  reason: z.string(),
  /** What it was judged by. */
  evidence: z.record(z.string(), z.json()),
  /** When time alone may change it. */
  askAgainAt: InstantSchema.nullable(),
});
export type VerdictView = z.infer<typeof VerdictView>;

export const PromotionPlanSchema = z.object({
  kind: z.enum(PROMOTION_KINDS),
  gates: z.array(z.enum(GATES)),
  steps: z.array(z.enum(keysOf(PROMOTION_STEPS))),
  pipelines: z.object({
    added: z.array(z.string()),
    changed: z.array(z.string()),
    removed: z.array(z.string()),
  }),
});

const EmergencyView = z.object({
  reason: z.string(),
  /** Gates that it does not go through. */
  skipped: z.array(z.enum(GATES)),
  /** From then on it is denied, if it still waits. */
  expiresAt: InstantSchema,
});
export type EmergencyView = z.infer<typeof EmergencyView>;

export const PromotionView = z.object({
  id: z.uuid(),
  environment: z.string(),
  release: ReleaseName,
  kind: z.enum(PROMOTION_KINDS),
  state: z.enum(keysOf(PROMOTION_STATES)),
  plan: PromotionPlanSchema,
  rollbackPlan: z.string().nullable(),
  /** The change record that it is part of. */
  changeRecord: z.string().nullable(),
  notBefore: InstantSchema.nullable(),
  /** Of a rollback: its reason. */
  note: z.string().nullable(),
  /** The release that a rollback was asked to go back from; null: it is none, or a server before version 21 of the schema did not keep it. */
  rollsBackFrom: z.object({ id: z.string(), version: z.string() }).nullable().optional(),
  /** Null: it goes the ordinary way. */
  emergency: EmergencyView.nullable(),
  requestedAt: InstantSchema,
  requestedBy: z.string(),
  /** What its gates said last. */
  verdicts: z.array(VerdictView),
  /** The policy they were judged by; 0: the one that is shipped. Null: not judged. */
  policyVersion: z.number().int().nullable(),
  judgedAt: InstantSchema.nullable(),
  askAgainAt: InstantSchema.nullable(),
  startedAt: InstantSchema.nullable(),
  endedAt: InstantSchema.nullable(),
  endCode: z.string().nullable(),
  endReason: z.string().nullable(),
  /** Null: nothing is made anew. An older server says none. */
  refresh: RefreshView.nullable().default(null),
});
export type PromotionView = z.infer<typeof PromotionView>;

const PromotionRequest = {
  releaseId: ReleaseId,
  environment: EnvironmentName,
  /** How to come back; the policy may want one. */
  rollbackPlan: Note.optional(),
  /** Skips the gates that the policy lets emergencies skip, when those it names approve; needs a rollback plan. */
  emergency: z.strictObject({ reason: Note.min(1) }).optional(),
  /** The change record that it is part of; the policy may want one. */
  changeRecord: ChangeNumber.optional(),
};

export const OpenPromotion = defineRoute({
  method: 'POST',
  path: '/api/promotions',
  permission: 'promotions:write',
  summary:
    'Bring a release into an environment when its gates allow it. Another one that waits there is aborted; the same request again is the same promotion. A gate that says no for good ends it at once, in state failed.',
  body: z.strictObject({ ...PromotionRequest, notBefore: InstantSchema.optional(), note: Note.optional() }),
  reply: PromotionView,
});

export const PlanPromotion = defineRoute({
  method: 'POST',
  path: '/api/promotions/plan',
  permission: 'releases:read',
  summary:
    'What a promotion would do, and what its gates would say if the caller asked for it now, or at `at`. Changes nothing.',
  body: z.strictObject({ ...PromotionRequest, at: InstantSchema.optional() }),
  reply: z.object({
    release: ReleaseName,
    /** What the environment runs now; null: no release. */
    from: ReleaseName.nullable(),
    plan: PromotionPlanSchema,
    emergency: EmergencyView.nullable(),
    at: InstantSchema,
    decision: z.enum(GATE_DECISIONS),
    askAgainAt: InstantSchema.nullable(),
    verdicts: z.array(VerdictView),
    policyVersion: z.number().int(),
  }),
});

export const ListPromotions = defineRoute({
  method: 'GET',
  path: '/api/promotions',
  permission: 'releases:read',
  summary: 'Promotions and rollbacks, newest first.',
  query: z.object({
    environment: EnvironmentName.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
  reply: z.object({ promotions: z.array(PromotionView) }),
});

export const GetPromotion = defineRoute({
  method: 'GET',
  path: '/api/promotions/:promotionId',
  permission: 'releases:read',
  summary: 'One promotion, with what each gate said last.',
  params: z.object({ promotionId: z.uuid() }),
  reply: PromotionView,
});

export const AbortPromotion = defineRoute({
  method: 'POST',
  path: '/api/promotions/:promotionId/abort',
  permission: 'promotions:write',
  summary: 'End a promotion that waits or runs; the environment keeps what it had. Repeating it is harmless.',
  params: z.object({ promotionId: z.uuid() }),
  body: z.strictObject({ reason: Note.min(1) }),
  reply: PromotionView,
});

export const RetryPromotion = defineRoute({
  method: 'POST',
  path: '/api/promotions/:promotionId/retry',
  permission: 'promotions:write',
  summary:
    'Ask again for what failed technically (state errored), if nothing else was asked for since: the same release, plan and emergency, judged anew. Asked again while it lives, it is the same promotion.',
  params: z.object({ promotionId: z.uuid() }),
  body: z.strictObject({}),
  reply: PromotionView,
});

export const BoardRow = z.object({
  environment: z.string(),
  kind: EnvironmentKindSchema,
  project: z.string().nullable(),
  /** Null: it runs no release, but the working tree of its agents. */
  deployment: z.object({ release: ReleaseName, since: InstantSchema }).nullable(),
  desired: ReleaseName.nullable(),
  /** A release whose deploy plan was applied in part since: what the environment goes back from. */
  unfinishedDeploy: ReleaseName.nullable().default(null),
  /** Each live agent, and the release it said to have loaded last; `error` when it could not. */
  agents: z.array(z.object({ name: z.string(), release: ReleaseName.nullable(), error: z.string().nullable() })),
  /** The promotion that waits or runs. */
  promotion: PromotionView.nullable(),
  /** How the last ten runs there ended, of whatever code, newest first. */
  lastRuns: z.array(z.enum(['succeeded', 'failed', 'cancelled'])),
  /** Of each of them, whether it ran with the deployed release. An older server does not say. */
  areOfRelease: z.array(z.boolean()).default([]),
});
export type BoardRow = z.infer<typeof BoardRow>;

/** A pipeline in an environment that releases come to. */
export const BoardPipeline = z.object({
  environment: z.string(),
  name: z.string(),
  /** Its last ten runs there, of whatever code, newest first. */
  lastRuns: z.array(RunStateSchema),
  /** Of each of them, whether it runs or ran with the deployed release. An older server does not say. */
  areOfRelease: z.array(z.boolean()).default([]),
  newestRun: z.object({ id: z.uuid(), at: InstantSchema }).nullable(),
});
export type BoardPipeline = z.infer<typeof BoardPipeline>;

export const GetBoard = defineRoute({
  method: 'GET',
  path: '/api/board',
  permission: 'releases:read',
  summary:
    'Environments in order: what runs where and since when, and what waits for which gate and until when; and how their pipelines run there.',
  reply: z.object({
    rows: z.array(BoardRow),
    /** By environment, then by name; at most 5,000. */
    pipelines: z.array(BoardPipeline),
  }),
});

export const WatchRelease = defineRoute({
  method: 'POST',
  path: '/api/agent/sessions/:sessionId/release/watch',
  permission: 'attempts:execute',
  summary:
    "The release that the agent's environment shall run. Waits up to `waitMs` while that is what the session reported last (long poll).",
  params: z.object({ sessionId: z.uuid() }),
  body: z.strictObject({
    waitMs: z.number().int().min(0).max(60_000),
    /** The agent has a command that makes plans of its deploy command. An older agent does not say. */
    makesDeployPlans: z.boolean().default(false),
  }),
  reply: z.object({
    /** False: it is what the session reported. */
    isNews: z.boolean(),
    /** Null: the environment runs the working tree of its agents. Not strict: a newer server may say more. */
    release: z
      .object({
        id: z.string(),
        version: z.string(),
        bundleHash: z.string().nullable(),
        /** An older server does not say. */
        gitSha: z.string().default(''),
        /** Those with a digest have an image. An older server says none. */
        datakits: ReleaseBillSchema.shape.datakits.default([]),
        /** All agents had it before: nothing is to be applied. An older server does not say. */
        isInEffect: z.boolean().default(false),
        /** What alone may be applied, and whether this agent has the file. Null: nothing may. */
        deployPlan: z
          .object({ id: z.string(), promotionId: z.string(), sha256: z.string(), isOwn: z.boolean() })
          .nullable()
          .default(null),
      })
      .nullable(),
    /** The plan that this agent is to have made; `sha256` once it has said so. */
    wantedPlan: z
      .object({
        promotionId: z.string(),
        sha256: z.string().nullable(),
        release: z.object({
          id: z.string(),
          version: z.string(),
          gitSha: z.string(),
          datakits: ReleaseBillSchema.shape.datakits,
        }),
      })
      .nullable()
      .default(null),
  }),
});

export const ReportRelease = defineRoute({
  method: 'PUT',
  path: '/api/agent/sessions/:sessionId/release',
  permission: 'attempts:execute',
  summary: 'Report what the session has loaded, or why it could not. Null: no release. Repeating it is harmless.',
  params: z.object({ sessionId: z.uuid() }),
  body: z.strictObject({
    releaseId: ReleaseId.nullable(),
    error: z.strictObject({ code: z.string().max(64), message: z.string().max(2000) }).nullable(),
  }),
  reply: z.object({}),
});
