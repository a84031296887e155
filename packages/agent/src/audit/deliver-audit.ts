// Tells the server what the journal keeps, oldest first, until it is accepted.
import { setTimeout as pause } from 'node:timers/promises';
import { type AgentAuditEntry, type Client, MAX_AGENT_AUDIT_ENTRIES, ReportAgentAudit } from '@towpath/api';
import { failpoint } from '@towpath/core';
import type { ServerLink } from '../session/server-link.ts';
import type { AuditJournal } from './audit-journal.ts';

export interface AuditDeliveryOptions {
  readonly client: Client;
  readonly link: ServerLink;
  readonly journal: AuditJournal;
  readonly signal: AbortSignal;
}

/** Entries of one moment share a request; nobody reads the audit within so short a time. */
const GATHER_MS = 50;

/** Runs until the signal fires, then rejects with its reason; also with the server's refusal, when it is to be started again. */
export async function deliverAudit({ client, link, journal, signal }: AuditDeliveryOptions): Promise<void> {
  const tell = async (entries: readonly AgentAuditEntry[]): Promise<void> => {
    failpoint('audit.before-tell');
    for (let at = 0; at < entries.length; at += MAX_AGENT_AUDIT_ENTRIES) {
      const body = { entries: entries.slice(at, at + MAX_AGENT_AUDIT_ENTRIES) };
      await link.ask((callSignal) => client.call(ReportAgentAudit, { body, signal: callSignal }), { signal });
    }
    failpoint('audit.after-tell');
  };
  for (;;) {
    await journal.waitForEntries(signal);
    await pause(GATHER_MS, undefined, { signal });
    await journal.settleOldest(tell);
  }
}
