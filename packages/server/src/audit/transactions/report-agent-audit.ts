// What an agent tells of itself becomes entries, in the order it was told.
import type { AgentAuditEntry, ContradictionEntry, SecretReadEntry } from '@towpath/api';
import { formatSecretReference } from '@towpath/core';
import type pg from 'pg';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import type { AgentIdentity } from '../../http/identity.ts';
import { notify } from '../../notifications/notify.ts';
import { endRetentionPass } from '../../retention/operations/end-retention-pass.ts';
import { namedSubject } from '../audit-subjects.ts';
import { describeRetention, listRetentionNews } from '../describe-retention.ts';
import { type AttemptName, listAttemptNames } from '../operations/list-attempt-names.ts';
import { type AuditRecord, writeAudit } from '../operations/write-audit.ts';

/**
 * Enters them all, or none. What was entered before is left out: idempotent. An attempt of another environment is entered by
 * its id alone, as the agent said it. Locks: passes of retention that end, then notifications.
 */
export function reportAgentAudit(
  pool: pg.Pool,
  { name, environment }: Teller,
  entries: readonly AgentAuditEntry[],
): Promise<void> {
  return withTransaction(pool, 'report-agent-audit', async (tx) => {
    const ids = entries.flatMap((entry) => (entry.kind === 'secret' && entry.attemptId ? [entry.attemptId] : []));
    const names = ids.length > 0 ? await listAttemptNames(tx, environment, ids) : new Map<string, AttemptName>();
    for (const entry of entries) {
      const record = describe({ name, environment }, entry, names);
      await writeAudit(tx, { ...record, actor: { kind: 'agent', name }, environment, deliveryId: entry.id });
    }
    await endPasses(tx, { name, environment }, entries);
  });
}

type Teller = Pick<AgentIdentity, 'name' | 'environment'>;

function describe(
  { name, environment }: Teller,
  entry: AgentAuditEntry,
  names: ReadonlyMap<string, AttemptName>,
): Description {
  switch (entry.kind) {
    case 'secret':
      return describeRead(environment, entry, names.get(entry.attemptId ?? ''));
    case 'contradiction':
      return describeContradiction(environment, name, entry);
    case 'retention':
      return describeRetention(environment, entry);
  }
}

/** A pass of retention ends with its entry, and somebody is told of its failure: once, since each has a key of its own. */
async function endPasses(tx: Transaction, teller: Teller, entries: readonly AgentAuditEntry[]): Promise<void> {
  const passes = entries.filter((entry) => entry.kind === 'retention');
  if (passes.length === 0) return;
  const outbox = createOutbox();
  for (const pass of passes) {
    if (pass.isFinished) await endRetentionPass(tx, { environment: teller.environment, ...pass });
    await notify(tx, listRetentionNews(teller, pass), outbox);
  }
  await publish(tx, outbox);
}

type Description = Pick<AuditRecord, 'action' | 'subject' | 'why' | 'details'>;

function describeRead(environment: string, entry: SecretReadEntry, attempt: AttemptName | undefined): Description {
  const { secret, field, provider, attemptId, purpose, source, outcome, code, at } = entry;
  const reference = formatSecretReference({ name: secret, field: field ?? undefined });
  return {
    action: outcome === 'read' ? 'secret.read' : 'secret.refused',
    subject: namedSubject('secret', environment, reference),
    why: [describeReader(entry, attempt), code].filter(Boolean).join(': '),
    details: { secret, field, provider, ...attempt, attemptId, purpose, source, outcome, code, readAt: at },
  };
}

function describeReader({ attemptId, purpose }: SecretReadEntry, attempt: AttemptName | undefined): string {
  if (attempt) return `for ${attempt.run}, task ${attempt.task}`;
  if (purpose === 'command') return "for a command with the agent's credential";
  return attemptId === null ? 'for the agent itself' : 'for an attempt that this environment does not have';
}

function describeContradiction(
  environment: string,
  agent: string,
  { contradictions, why, startedBy, at }: ContradictionEntry,
): Description {
  return {
    action: 'environment.contradiction-allowed',
    subject: namedSubject('agent', environment, agent),
    why,
    details: {
      contradictions: contradictions.map((one) => ({ ...one })),
      chosen: environment,
      startedBy,
      startedAt: at,
    },
  };
}
