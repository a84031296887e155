// What outside services said, for gates and for people.
import { EVIDENCE_SERVICES } from '@towpath/core';
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { ChangeNumber, SourceName } from './evidence-schemas.ts';
import { InstantSchema, keysOf } from './states.ts';

const ReleaseId = z.string().regex(/^[0-9a-f]{64}$/);
const EnvironmentName = z.string().min(1).max(63);

export const EvidenceQuestionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('change'), number: z.string() }),
  z.object({ kind: z.literal('incidents'), priorities: z.array(z.number()) }),
  z.object({ kind: z.literal('metrics'), selector: z.string(), aroundAt: z.string(), hours: z.number() }),
  z.object({ kind: z.literal('checks'), commit: z.string() }),
  z.object({ kind: z.literal('release'), version: z.string() }),
  z.object({
    kind: z.literal('statement'),
    values: z.object({
      environment: z.string(),
      version: z.string(),
      commit: z.string(),
      changeRecord: z.string(),
    }),
  }),
]);

const MetricValue = z.number().nullable();

export const EvidenceAnswerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('change'),
    record: z
      .object({
        number: z.string(),
        title: z.string(),
        states: z.array(z.string()),
        approval: z.enum(['approved', 'waiting', 'rejected']),
        startsAt: z.string().nullable(),
        endsAt: z.string().nullable(),
      })
      .nullable(),
  }),
  z.object({
    kind: z.literal('incidents'),
    open: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        priority: z.number().nullable(),
        openedAt: z.string().nullable(),
      }),
    ),
  }),
  z.object({
    kind: z.literal('metrics'),
    comparison: z.object({ selector: z.string(), before: MetricValue, after: MetricValue }),
  }),
  z.object({
    kind: z.literal('checks'),
    checks: z.array(z.object({ name: z.string(), state: z.enum(['passed', 'failed', 'running']) })),
  }),
  z.object({ kind: z.literal('release'), state: z.enum(['published', 'draft', 'missing']) }),
  z.object({
    kind: z.literal('statement'),
    statement: z.object({ holds: z.boolean(), seen: z.string().nullable(), wanted: z.string().nullable() }),
  }),
]);

export const EvidenceView = z.object({
  source: z.string(),
  /** Null: the policy declares no such source. */
  service: z.enum(keysOf(EVIDENCE_SERVICES)).nullable(),
  question: EvidenceQuestionSchema,
  /** Null: it was not asked yet. */
  askedAt: InstantSchema.nullable(),
  /** Null: it gave none, see `error`. */
  answer: EvidenceAnswerSchema.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** Beginning of what the service sent; credentials are masked. */
  excerpt: z.string().nullable(),
  link: z.string().nullable(),
});
export type EvidenceView = z.infer<typeof EvidenceView>;

export const ListEvidence = defineRoute({
  method: 'GET',
  path: '/api/evidence',
  permission: 'releases:read',
  summary:
    'What the rules of an environment ask outside services about a release, and what these said last. Asks nobody; a promotion that waits does so by itself.',
  query: z.object({
    releaseId: ReleaseId,
    environment: EnvironmentName,
    /** Default: that of the promotion of the release that waits there. */
    changeRecord: ChangeNumber.optional(),
  }),
  reply: z.object({ evidence: z.array(EvidenceView) }),
});

export const TestEvidenceSource = defineRoute({
  method: 'POST',
  path: '/api/evidence/sources/:source/test',
  permission: 'policies:write',
  summary:
    'Ask a source of the policy once, and keep nothing: the questions that the rules of an environment have for it, about the release.',
  params: z.object({ source: SourceName }),
  body: z.strictObject({
    environment: EnvironmentName,
    releaseId: ReleaseId,
    changeRecord: ChangeNumber.optional(),
  }),
  reply: z.object({ evidence: z.array(EvidenceView) }),
});
