// Waiting for a Docker engine that is away.

import { isEngineAway } from '@towpath/oci';
import * as patience from '../ask-patiently.ts';

/** Repeats what the engine did not answer until it does; anything else it throws, and ends with the signal. `ask` may be repeated. */
export function askPatiently<T>(
  ask: () => Promise<T>,
  { signal, onAway }: { readonly signal: AbortSignal; readonly onAway?: () => void },
): Promise<T> {
  return patience.askPatiently(ask, { signal, isAway: isEngineAway, onAway });
}
