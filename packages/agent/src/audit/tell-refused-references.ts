// References that keep an agent from starting, told all the same: whoever asks for another environment's secret shows up there.
import { randomUUID } from 'node:crypto';
import { createClient, ReportAgentAudit, type SecretReadEntry } from '@towpath/api';
import { type SecretReference, TowpathError } from '@towpath/core';
import { lockState } from '../host/state-lock.ts';
import { openAuditJournal } from './audit-journal.ts';

export interface RefusalOptions {
  readonly serverUrl: string;
  readonly token: string;
  readonly stateFolder: string;
  readonly provider: string;
  readonly log: (line: string) => void;
}

/** A person waits for the command to end; what can't be told in this time is kept for the next agent. */
const TELL_MS = 5_000;

/** Tells the server that these belong to another environment and were refused, or keeps that. Never rejects. */
export async function tellRefusedReferences(
  { serverUrl, token, stateFolder, provider, log }: RefusalOptions,
  references: readonly SecretReference[],
): Promise<void> {
  const entries = references.map((reference) => toEntry(provider, reference));
  const client = createClient({ baseUrl: serverUrl, headers: () => ({ authorization: `Bearer ${token}` }) });
  try {
    await client.call(ReportAgentAudit, { body: { entries }, signal: AbortSignal.timeout(TELL_MS) });
  } catch (thrown) {
    const why = thrown instanceof TowpathError ? thrown.code : 'the server does not answer';
    log(`the refusal of a secret could not be told to the audit (${why})`);
    await keep(stateFolder, entries).catch((failure: unknown) => log(`nor kept: ${String(failure)}`));
  }
}

async function keep(stateFolder: string, entries: readonly SecretReadEntry[]): Promise<void> {
  const unlock = lockState(stateFolder);
  try {
    const journal = openAuditJournal(stateFolder);
    await journal.append(entries);
    await journal.close();
  } finally {
    unlock();
  }
}

function toEntry(provider: string, { name, field }: SecretReference): SecretReadEntry {
  return {
    kind: 'secret',
    id: randomUUID(),
    at: new Date().toISOString(),
    secret: name,
    field: field ?? null,
    provider,
    attemptId: null,
    purpose: 'agent',
    source: null,
    outcome: 'foreign',
    code: 'SECRET_FOREIGN',
  };
}
