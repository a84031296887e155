// Rows of ServiceNow's tables, and what they mean here.
import type { ChangeRecord, OpenIncident } from '@towpath/core';
import { z } from 'zod';
import { EvidenceRefusal } from '../../evidence-source.ts';

const Field = z.object({ value: z.string(), display_value: z.string().nullable() });

const ChangeRow = z.object({
  number: Field,
  short_description: Field,
  state: Field,
  approval: Field,
  start_date: Field,
  end_date: Field,
  sys_id: Field,
});

export const ChangeRows = z.object({ result: z.array(ChangeRow) });

/** Fields that are asked for. */
export const CHANGE_FIELDS = Object.keys(ChangeRow.shape);

const IncidentRow = z.object({
  number: Field,
  short_description: Field,
  priority: Field,
  opened_at: Field,
});

export const IncidentRows = z.object({ result: z.array(IncidentRow) });
export type IncidentRows = z.infer<typeof IncidentRows>;

/** Fields that are asked for. */
export const INCIDENT_FIELDS = Object.keys(IncidentRow.shape);

/** Values of `approval`; what is not among them has not been decided. */
const APPROVALS: Readonly<Record<string, ChangeRecord['approval']>> = {
  approved: 'approved',
  rejected: 'rejected',
  cancelled: 'rejected',
};

/** A change record. */
export function toChangeRecord(row: z.infer<typeof ChangeRow>): ChangeRecord {
  const { state, approval } = row;
  return {
    number: row.number.value,
    title: row.short_description.value,
    states: [state.value, state.display_value ?? ''].filter((text) => text !== ''),
    approval: APPROVALS[approval.value] ?? 'waiting',
    startsAt: toInstant(row.start_date.value),
    endsAt: toInstant(row.end_date.value),
  };
}

/** An incident. */
export function toOpenIncident(row: z.infer<typeof IncidentRow>): OpenIncident {
  const priority = Number.parseInt(row.priority.value, 10);
  return {
    id: row.number.value,
    title: row.short_description.value,
    priority: Number.isNaN(priority) ? null : priority,
    openedAt: toInstant(row.opened_at.value),
  };
}

// `2026-06-16 09:00:00`, in UTC.
function toInstant(value: string): string | null {
  if (value === '') return null;
  const found = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(value);
  const ms = found ? Date.parse(`${found[1]}T${found[2]}Z`) : Number.NaN;
  if (Number.isNaN(ms)) throw new EvidenceRefusal('ANSWER_INVALID', 'A date is none.');
  return new Date(ms).toISOString();
}
