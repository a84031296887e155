// The audit chain: who decided what, when and why. Rows that are not linked yet (less than a second old) are not shown.
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { InstantSchema } from './states.ts';

/** SHA-256 as 64 hexadecimal digits. */
const HashSchema = z.string().regex(/^[0-9a-f]{64}$/);

export const AuditEntryView = z.object({
  /** Place in the chain: 1, 2, 3 … without gaps. */
  sequence: z.number().int().positive(),
  /** The database's clock. */
  at: InstantSchema,
  /** `person`, `agent`, `policy` (the server by its own rules) or `operator` (somebody at the server's machine). */
  actor: z.object({ kind: z.string(), name: z.string() }),
  /** `run.cancelled`: a subject and a past tense; every word is in core's AUDIT_ACTIONS. */
  action: z.string(),
  /** `id` is for programs (a run's uuid), `name` for people (`load-int #41`). */
  subject: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  /** Null: it concerns no single environment. */
  environment: z.string().nullable(),
  /** In the actor's words. */
  why: z.string().nullable(),
  /** What else was decided: parameters, slots, … Never a secret. */
  details: z.record(z.string(), z.json()),
  /** Hash of the entry before; 64 zeros for the first. */
  previousHash: HashSchema,
  /** Over all of the above. */
  hash: HashSchema,
});
export type AuditEntryView = z.infer<typeof AuditEntryView>;

export const AuditCheckpointView = z.object({
  sequence: z.number().int().positive(),
  hash: HashSchema,
  at: InstantSchema,
  /** First 16 hexadecimal digits of the SHA-256 of the public key. */
  keyId: z.string(),
  /** Ed25519, base64. */
  signature: z.string(),
});
export type AuditCheckpointView = z.infer<typeof AuditCheckpointView>;

const AuditFilters = {
  environment: z.string().max(63).optional(),
  /** An actor's name. */
  actor: z.string().max(200).optional(),
  /** A whole word (`run.started`) or what stands before its dot (`run`). */
  action: z.string().max(100).optional(),
  /** A subject's id or name. */
  subject: z.string().max(200).optional(),
  since: InstantSchema.optional(),
  /** Only entries before it. */
  until: InstantSchema.optional(),
  /** What they hold anywhere: in names, reason or details; upper and lower case are the same. */
  text: z.string().min(1).max(200).optional(),
};

export const ListAudit = defineRoute({
  method: 'GET',
  path: '/api/audit',
  permission: 'audit:read',
  summary: 'Decisions, newest first, in keyset pages.',
  query: z.object({
    ...AuditFilters,
    /** Opaque; from `next` of the page before. */
    after: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({ entries: z.array(AuditEntryView), next: z.string().nullable() }),
});

export const AuditStatusView = z.object({
  /** Sequence number and hash of the newest linked entry; 0 and 64 zeros while there is none. */
  sequence: z.number().int(),
  hash: HashSchema,
  lastAt: InstantSchema.nullable(),
  /** Entries that wait to be linked, and since when the oldest does; more than a few seconds is a fault. */
  unlinked: z.number().int(),
  unlinkedSince: InstantSchema.nullable(),
  /** The newest signed checkpoint; null while nobody has signed. */
  checkpoint: AuditCheckpointView.nullable(),
  /** The key this server signs with (PEM, SPKI); null: it was started without one, and signs nothing. */
  publicKey: z.string().nullable(),
});
export type AuditStatusView = z.infer<typeof AuditStatusView>;

export const GetAuditStatus = defineRoute({
  method: 'GET',
  path: '/api/audit/status',
  permission: 'audit:read',
  summary: 'How far the chain reaches, its newest signed checkpoint, and the public key.',
  reply: AuditStatusView,
});

/** A line of the export. A checkpoint stands behind the entry it signs. */
export const AuditExportLine = z.discriminatedUnion('kind', [
  AuditEntryView.extend({ kind: z.literal('entry') }),
  AuditCheckpointView.extend({ kind: z.literal('checkpoint') }),
]);
export type AuditExportLine = z.infer<typeof AuditExportLine>;

export const AUDIT_EXPORT_MEDIA_TYPE = 'application/x-ndjson';

export const ExportAudit = defineRoute({
  method: 'GET',
  path: '/api/audit/export',
  permission: 'audit:read',
  summary:
    'The chain from its beginning, or behind `after`, oldest first: one AuditExportLine a line (NDJSON). What `npx towpath audit verify` reads.',
  query: z.object({
    /** A sequence number. */
    after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  }),
  reply: z.string(),
  replyMediaType: AUDIT_EXPORT_MEDIA_TYPE,
});
