import type { AccessView } from '@towpath/api';
import type { FoundAccess } from './operations/find-access.ts';

/** Bindings as they are shown. */
export function toAccessView(found: FoundAccess): AccessView {
  // The contract's lists are mutable, those of core are not.
  return structuredClone(found) as AccessView;
}
