import type { AuditActor } from '@towpath/core';
import type pg from 'pg';
import { namedSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { insertAgentCredential, type NewAgentCredential } from '../operations/insert-agent-credential.ts';

/** Gives an agent another credential; returns its token. Earlier ones stay valid. */
export function issueAgentCredential(
  pool: pg.Pool,
  credential: NewAgentCredential,
  actor: AuditActor,
): Promise<string> {
  const { environment, agent, lifeDays } = credential;
  return withTransaction(pool, async (tx) => {
    const token = await insertAgentCredential(tx, credential);
    await writeAudit(tx, {
      actor,
      action: 'agent-credential.issued',
      subject: namedSubject('agent', environment, agent),
      environment,
      details: { lifeDays },
    });
    return token;
  });
}
