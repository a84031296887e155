// What this agent owes the server's audit: kept on disk first, told as soon as the server takes it.
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { AgentAuditEntry, Client, ContradictionEntry, RetentionEntry } from '@towpath/api';
import { failpoint } from '@towpath/core';
import type { SecretRead } from '../secrets/secret-store.ts';
import { toSecretReadEntry } from '../secrets/to-audit-entry.ts';
import type { ServerLink } from '../session/server-link.ts';
import { cleanText } from '../session/wire-text.ts';
import { openAuditJournal } from './audit-journal.ts';
import { deliverAudit } from './deliver-audit.ts';

/** Names that contradict the environment, with the words of whoever allowed it. */
export type AllowedContradictions = Pick<ContradictionEntry, 'contradictions' | 'why'>;

/** What a pass of retention deleted. */
export type RetentionEnd = Omit<RetentionEntry, 'kind' | 'id' | 'at'>;

export interface AgentAudit {
  /** Resolves when the read is on disk. @throws TowpathError `AUDIT_JOURNAL_FULL`; what the file system throws */
  keepRead(read: SecretRead): Promise<void>;
  /** The same. */
  keepContradictions(allowed: AllowedContradictions): Promise<void>;
  /** The same. */
  keepRetention(end: RetentionEnd): Promise<void>;
  /** Tells the server until the signal fires; rejects then, or when the server refuses. */
  deliver(signal: AbortSignal): Promise<void>;
  /** Waits at most so long for the rest to be told; what is not stays on disk. */
  close(timeoutMs: number): Promise<void>;
}

export interface AgentAuditOptions {
  readonly client: Client;
  readonly link: ServerLink;
  readonly stateFolder: string;
}

/** Longest texts the API takes. */
const MAX_NAME_CHARACTERS = 1000;
const MAX_WHY_CHARACTERS = 500;

/** How often a closing agent looks whether all is told. */
const LOOK_MS = 20;

/** Opens it; the state's lock must be held. */
export function openAgentAudit({ client, link, stateFolder }: AgentAuditOptions): AgentAudit {
  const journal = openAuditJournal(stateFolder);
  const keep = async (entry: AgentAuditEntry): Promise<void> => {
    failpoint('audit.before-keep');
    await journal.append([entry]);
    failpoint('audit.after-keep');
  };
  return {
    keepRead: (read) => keep(toSecretReadEntry(read, new Date())),
    keepContradictions: ({ contradictions, why }) => {
      const entry = { kind: 'contradiction' as const, ...describeMoment() };
      const named = contradictions.map(({ variable, given, derived }) => ({
        variable,
        given: cleanText(given, MAX_NAME_CHARACTERS),
        derived: cleanText(derived, MAX_NAME_CHARACTERS),
      }));
      const words = { why: cleanText(why, MAX_WHY_CHARACTERS), startedBy: getLoginName() };
      return keep({ ...entry, contradictions: named, ...words });
    },
    keepRetention: (end) => keep({ kind: 'retention' as const, ...describeMoment(), ...end }),
    deliver: (signal) => deliverAudit({ client, link, journal, signal }),
    close: async (timeoutMs) => {
      const until = performance.now() + timeoutMs;
      while (!journal.isEmpty() && performance.now() < until) await pause(LOOK_MS);
      await journal.close();
    },
  };
}

function describeMoment(): Pick<AgentAuditEntry, 'id' | 'at'> {
  return { id: randomUUID(), at: new Date().toISOString() };
}

/** A container may run us under a user that has no name. */
function getLoginName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
