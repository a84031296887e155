// What entries are about, named the same by all who write them.
import type { StoredSchedule } from '../schedules/stored-schedule.ts';
import type { AuditRecord } from './operations/write-audit.ts';

type Subject = AuditRecord['subject'];

/** A run: its id, and the name people see. */
export function runSubject({ id, name }: { readonly id: string; readonly name: string }): Subject {
  return { kind: 'run', id, name };
}

/** Something that has a name within an environment and no other id. */
export function namedSubject(
  kind: 'pool' | 'code location' | 'agent' | 'secret' | 'retention',
  environment: string,
  name: string,
): Subject {
  return { kind, id: `${environment}/${name}`, name };
}

/** A schedule: its id, and the name people see. */
export function scheduleSubject(schedule: StoredSchedule): Subject {
  const { id, pipeline, name } = schedule;
  return { kind: 'schedule', id, name: `${pipeline}/${name}` };
}

/** A person or tool, by name. */
export function personSubject(name: string): Subject {
  return { kind: 'person', id: name, name };
}
