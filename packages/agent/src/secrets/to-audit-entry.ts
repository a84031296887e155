// A read of a secret in the words of the server's audit.
import { createHash, randomUUID } from 'node:crypto';
import type { SecretReadEntry } from '@towpath/api';
import { formatSecretReference } from '@towpath/core';
import type { SecretConsumer, SecretOutcome, SecretRead } from './secret-store.ts';

const SOURCES: Partial<Record<SecretOutcome, NonNullable<SecretReadEntry['source']>>> = {
  fetched: 'provider',
  kept: 'kept',
  stale: 'stale',
};

/** The entry of a read that happens at `at`. */
export function toSecretReadEntry(read: SecretRead, at: Date): SecretReadEntry {
  const { consumer, reference, provider, outcome, code } = read;
  const source = SOURCES[outcome] ?? null;
  return {
    kind: 'secret',
    id: nameRead(consumer, `${formatSecretReference(reference)} ${code}`),
    at: at.toISOString(),
    secret: reference.name,
    field: reference.field ?? null,
    provider,
    ...consumer,
    source,
    outcome: outcome === 'fetched' || outcome === 'kept' || outcome === 'stale' ? 'read' : outcome,
    code,
  };
}

/**
 * One entry for each attempt, reference and end, however often its start was repeated: the id follows from them (a UUID of
 * version 8, RFC 9562). What the agent asks for itself is told each time.
 */
function nameRead({ attemptId, purpose }: SecretConsumer, what: string): string {
  if (attemptId === null) return randomUUID();
  const digest = createHash('sha256').update(`${attemptId} ${purpose} ${what}`).digest('hex');
  const groups = [digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`, `8${digest.slice(17, 20)}`];
  return [...groups, digest.slice(20, 32)].join('-');
}
