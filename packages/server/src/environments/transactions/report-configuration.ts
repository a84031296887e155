// What an agent resolved, kept as it was told; and whether a channel of it is one of another environment's.
import { findChannelProblems } from '@towpath/core';
import type pg from 'pg';
import { findSession, type SessionKey } from '../../agents/operations/find-session.ts';
import { sessionEnded, sessionUnknown } from '../../agents/session-errors.ts';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { listChannels } from '../operations/list-channels.ts';
import { type ConfigurationReport, saveConfiguration } from '../operations/save-configuration.ts';

/** A sink that must not be used, and the environment whose channel it names. */
export interface RefusedSink {
  readonly sink: string;
  readonly environment: string;
}

/**
 * Keeps the report of a session's agent. Locks: the session against its end, the agent's own row. Idempotent.
 *
 * @throws TowpathError `SESSION_UNKNOWN`, `SESSION_ENDED`
 */
export function reportConfiguration(
  pool: pg.Pool,
  key: SessionKey,
  report: ConfigurationReport,
): Promise<RefusedSink[]> {
  return withTransaction(pool, 'report-configuration', async (tx) => {
    const session = await findSession(tx, key);
    if (!session) throw sessionUnknown();
    if (session.isEnded) throw sessionEnded();
    const { environment } = session;
    await saveConfiguration(tx, { environment, agentId: key.agentId }, report);
    const outbox = createOutbox();
    outbox.events.push({ kind: 'environment.changed', environment });
    // A promotion may wait for a value.
    outbox.topics.add('promotions');
    await publish(tx, outbox);
    const channels = await listChannels(tx);
    const shared = channels.filter(({ isShared }) => isShared).map(({ channel }) => channel);
    const isOneSided = (channel: string) => channels.some((other) => other.channel === channel && !other.isShared);
    const problems = findChannelProblems(
      channels,
      shared.filter((channel) => !isOneSided(channel)),
    );
    return problems.flatMap((problem) => {
      if (problem.environment === environment) return [{ sink: problem.sink, environment: problem.otherEnvironment }];
      if (problem.otherEnvironment === environment)
        return [{ sink: problem.otherSink, environment: problem.environment }];
      return [];
    });
  });
}
