// What an agent deleted by itself, in the words of the audit and, when something of it failed, of a notification.
import type { RetentionEntry } from '@towpath/api';
import type { NewNotification } from '../notifications/operations/write-notifications.ts';
import { namedSubject } from './audit-subjects.ts';
import type { AuditRecord } from './operations/write-audit.ts';

/** The entry of a pass that has ended. */
export function describeRetention(
  environment: string,
  entry: RetentionEntry,
): Pick<AuditRecord, 'action' | 'subject' | 'why' | 'details'> {
  const { dueAt, zones, code, isFinished, at, sessionId } = entry;
  const count = zones.reduce((sum, zone) => sum + zone.count, 0);
  const end = isFinished ? code : 'stopped before its end';
  return {
    action: 'retention.ended',
    subject: namedSubject('retention', environment, dueAt),
    why: [`deleted ${count}`, end].filter(Boolean).join(': '),
    details: {
      ...{ dueAt, count, code, isFinished, sessionId, endedAt: at },
      zones: zones.map(({ targets, ...zone }) => ({
        ...zone,
        targets: targets.map(({ target, names }) => ({ target, names: [...names] })),
      })),
    },
  };
}

/** Empty when nothing failed, or when it was stopped: then the next agent goes on with it. */
export function listRetentionNews(
  { environment, name }: { readonly environment: string; readonly name: string },
  { dueAt, zones, code, isFinished }: RetentionEntry,
): readonly NewNotification[] {
  if (code === null || !isFinished) return [];
  const failed = zones.flatMap((zone) => (zone.code === null ? [] : [zone.zone]));
  const facts = { kind: 'retention.failed' as const, dueAt, agent: name, reasonCode: code, zones: failed };
  return [{ environment, facts }];
}
