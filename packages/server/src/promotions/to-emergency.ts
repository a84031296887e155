import type { EmergencyView } from '@towpath/api';
import type { Emergency } from '@towpath/core';

/** An emergency as gates take it. */
export function toEmergency(view: EmergencyView | null): Emergency | null {
  return view && { reason: view.reason, skipped: view.skipped, expiresAtMs: Date.parse(view.expiresAt) };
}

/** An emergency in the words of the API, which is also how it is kept. */
export function toEmergencyView({ reason, skipped, expiresAtMs }: Emergency): EmergencyView {
  return { reason, skipped: [...skipped], expiresAt: new Date(expiresAtMs).toISOString() };
}
