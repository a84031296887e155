// What every transaction of the engine does last: say what happened, and wake whoever waits for it.
import type { Transaction } from '../../db/database.ts';
import type { Topic } from '../../hints/hints.ts';
import { type NewEvent, writeEvents } from '../operations/write-events.ts';

/** Events and hints of one transaction. */
export interface Outbox {
  readonly events: NewEvent[];
  readonly topics: Set<Topic>;
}

/** An empty outbox; functions of a transaction add to it, `publish` sends it. */
export function createOutbox(): Outbox {
  return { events: [], topics: new Set() };
}

/** Writes the events and sends the hints; both become visible with the commit. */
export async function publish(tx: Transaction, { events, topics }: Outbox): Promise<void> {
  await writeEvents(tx, events, events.length > 0 ? [...topics, 'events'] : [...topics]);
}
