// What an agent tells the audit of: reads of secrets, what a person allowed it to do, and data it deleted by itself. Told until it is accepted, so every
// entry carries an id. Texts are of bounded length; none holds the value of a secret.
import { z } from 'zod';
import { defineRoute } from './contract.ts';
import { InstantSchema } from './states.ts';

const Word = z.string().min(1).max(200);
/** A reference has 1,024 characters at most, whole. */
const SecretWord = z.string().min(1).max(1024);

const EntryShape = {
  /** The same whenever the same is told again. */
  id: z.uuid(),
  /** By the clock of the agent's host; the entry itself has the database's. */
  at: InstantSchema,
};

/** How asking for a secret ended: handed out, refused by the agent (`foreign`, `unusable`), or as its provider answered. */
export const SECRET_READ_OUTCOMES = [
  'read',
  'foreign',
  'denied',
  'missing',
  'unreachable',
  'broken',
  'unusable',
] as const;

/** One question for a secret. */
export const SecretReadEntry = z.strictObject({
  ...EntryShape,
  kind: z.literal('secret'),
  secret: SecretWord,
  field: SecretWord.nullable(),
  provider: Word,
  /** Null: the agent asked for itself (a sink, a target), or before it started. */
  attemptId: z.uuid().nullable(),
  /**
   * `attempt`: to start it. `log`: to take the secret out of its log, by the agent after the one that started it. `command`: one
   * that somebody ran with the agent's credential.
   */
  purpose: z.enum(['attempt', 'log', 'agent', 'command']),
  /** Where the value came from; null when none was handed out. */
  source: z.enum(['provider', 'kept', 'stale']).nullable(),
  outcome: z.enum(SECRET_READ_OUTCOMES),
  /** Code of the error; null when a value was handed out. */
  code: z.string().max(64).nullable(),
});
export type SecretReadEntry = z.infer<typeof SecretReadEntry>;

/** An agent started although these names contradict its environment. */
export const ContradictionEntry = z.strictObject({
  ...EntryShape,
  kind: z.literal('contradiction'),
  contradictions: z
    .array(z.strictObject({ variable: Word, given: z.string().max(1000), derived: z.string().max(1000) }))
    .min(1)
    .max(20),
  /** In the words of whoever allowed it. */
  why: z.string().min(1).max(500),
  /** Login name of whoever started the agent on its host. */
  startedBy: z.string().max(200),
});
export type ContradictionEntry = z.infer<typeof ContradictionEntry>;

/** Of a target at most so many names of what was deleted. */
export const MAX_DELETED_NAMES = 10;

const DeletedData = z.strictObject({
  target: Word,
  /** Keys of objects, or tables; the first ones. */
  names: z.array(z.string().max(1024)).max(MAX_DELETED_NAMES),
});

const SettledZone = z.strictObject({
  zone: Word,
  retentionDays: z.number().int().positive(),
  cutoff: InstantSchema,
  /** Objects and rows that were deleted. */
  count: z.number().int().min(0),
  targets: z.array(DeletedData).max(100),
  /** Why it was not finished; null: it was. */
  code: z.string().max(64).nullable(),
});

/** A pass of retention has ended: what was deleted in each zone. */
export const RetentionEntry = z.strictObject({
  ...EntryShape,
  kind: z.literal('retention'),
  sessionId: z.uuid(),
  dueAt: InstantSchema,
  zones: z.array(SettledZone).max(100),
  /** First error, of the whole or of a zone; null: there was none. */
  code: z.string().max(64).nullable(),
  /** False: the agent was stopped meanwhile, and another may take what is left. */
  isFinished: z.boolean(),
});
export type RetentionEntry = z.infer<typeof RetentionEntry>;

export const AgentAuditEntry = z.discriminatedUnion('kind', [SecretReadEntry, ContradictionEntry, RetentionEntry]);
export type AgentAuditEntry = z.infer<typeof AgentAuditEntry>;

/** Largest report. */
export const MAX_AGENT_AUDIT_ENTRIES = 200;

export const ReportAgentAudit = defineRoute({
  method: 'POST',
  path: '/api/agent/audit-entries',
  permission: 'attempts:execute',
  summary:
    'Enter in the audit what only an agent knows: reads of secrets, contradictions that a person allowed, old data that it deleted. The environment follows from the credential; an entry whose id was entered before is left out, so repeating it is harmless.',
  body: z.strictObject({ entries: z.array(AgentAuditEntry).max(MAX_AGENT_AUDIT_ENTRIES) }),
  reply: z.object({ accepted: z.number().int() }),
});
