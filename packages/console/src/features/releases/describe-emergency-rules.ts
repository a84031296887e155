import type { PolicyView } from '@towpath/api';

type EmergencyRules = NonNullable<PolicyView['rules'][string]['emergency']>;

/** What an emergency skips, who has to approve it, and how long it holds. */
export function describeEmergencyRules({ skips, approvals, expiresHours }: EmergencyRules): string {
  const skipped = skips.length > 0 ? `It skips the gates ${skips.join(', ')}` : 'It skips no gate';
  const people = Object.entries(approvals).filter(([, count = 0]) => count > 0);
  const needed = people.map(([role, count]) => `${count} of role ${role}`).join(', ');
  const who = needed ? `, once approved by ${needed}` : '';
  return `${skipped}${who}. It needs a rollback plan, and is denied after ${expiresHours} h.`;
}
