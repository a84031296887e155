import type { JsonValue } from '@towpath/core';
import type { Holding } from '../http/identity.ts';

/** What the audit says of a credential's rights. */
export function describeHolding({ role, environments, groups }: Holding): Readonly<Record<string, JsonValue>> {
  if (groups !== null) return { groups: [...groups] };
  return environments === null ? { role } : { role, environments: [...environments] };
}
