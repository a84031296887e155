import { NOTIFICATION_KINDS, type NotificationFacts } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** Something worth telling. */
export interface NewNotification {
  readonly environment: string;
  readonly facts: NotificationFacts;
}

const STATEMENT = `
with written as (
  insert into notifications (environment, kind, severity, dedup_key, run_id, facts)
  select environment, kind, severity, dedup_key, run_id, facts
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::jsonb[])
    as n (environment, kind, severity, dedup_key, run_id, facts)
  on conflict (environment, dedup_key) do nothing
  returning id, environment, severity
)
insert into notification_deliveries (notification_id, environment, sink)
select w.id, w.environment, s.sink ->> 'name'
from written w
join environments e on e.name = w.environment
cross join jsonb_array_elements(e.declaration -> 'notify') as s (sink)
where s.sink -> 'severities' ? w.severity
on conflict (notification_id, sink) do nothing`;

/**
 * Writes notifications in the transaction of what they tell, and a delivery for each sink that the environment declares for
 * their severity. One with a key that is there already says nothing new and is left out. Inserts only.
 */
export async function writeNotifications(db: Db, notifications: readonly NewNotification[]): Promise<void> {
  const keyed = notifications.map((one) => ({ ...one, key: toDedupKey(one.facts) }));
  await db.query(STATEMENT, [
    keyed.map(({ environment }) => environment),
    keyed.map(({ facts }) => facts.kind),
    keyed.map(({ facts }) => NOTIFICATION_KINDS[facts.kind].severity),
    keyed.map(({ key }) => key),
    keyed.map(({ facts }) => ('runId' in facts ? facts.runId : null)),
    keyed.map(({ facts }) => JSON.stringify(facts)),
  ]);
}

/** A run ends once; a session can fall silent again, so its silence is told by when it was last heard of. */
function toDedupKey(facts: NotificationFacts): string {
  switch (facts.kind) {
    case 'run.failed':
    case 'run.recovered':
      return `${facts.kind}:${facts.runId}`;
    case 'run.absent':
      return `${facts.kind}:${facts.pipeline}:${facts.since}`;
    case 'promotion.stuck':
      return `${facts.kind}:${facts.promotionId}`;
    case 'datakit.unexpected':
      return `${facts.kind}:${facts.datakit}:${facts.version}:${facts.code}:${facts.text}`;
    case 'agent.silent':
      return `${facts.kind}:${facts.sessionId}:${facts.lastSeenAt}`;
    case 'schedule.missed':
      return `${facts.kind}:${facts.scheduleId}:${facts.firstSlotAt}`;
    case 'retention.failed':
      return `${facts.kind}:${facts.dueAt}`;
  }
}
