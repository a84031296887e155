// Enters refused sign-ins in the audit. What is counted and not yet entered is lost with a server that is killed, the last second of it at
// first.
import { AUTOMATION } from '@towpath/core';
import type pg from 'pg';
import { type AuditRecord, writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { type CountedRefusal, createRefusalTally, type Refusal } from './refusal-tally.ts';

export interface RefusalDesk {
  /** Notes one; never waits, never fails. */
  note(refusal: Refusal): void;
  /** Enters what is counted; nothing is noted afterwards. */
  close(): Promise<void>;
}

export interface RefusalDeskOptions {
  readonly pool: pg.Pool;
  /** Told of entries that could not be made; they are tried again with those that come. */
  readonly onError: (thrown: unknown) => void;
}

/** Opens one, for one server. */
export function openRefusalDesk({ pool, onError }: RefusalDeskOptions): RefusalDesk {
  const tally = createRefusalTally();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const schedule = (): void => {
    const nextMs = tally.nextMs();
    if (nextMs === undefined) return;
    clearTimeout(timer);
    timer = setTimeout(enterDue, Math.max(0, nextMs - performance.now())).unref();
  };
  const enter = (counted: readonly CountedRefusal[]): Promise<void> =>
    enterRefusals(pool, counted).catch((thrown: unknown) => {
      onError(thrown);
      for (const { times, overSeconds: _, addresses: __, ...refusal } of counted)
        tally.add(refusal, performance.now(), times);
    });
  const enterDue = (): void => {
    writing = writing.then(() => enter(tally.takeDue(performance.now()))).then(schedule);
  };
  return {
    note: (refusal) => {
      tally.add(refusal, performance.now());
      schedule();
    },
    close: async () => {
      clearTimeout(timer);
      await writing;
      clearTimeout(timer);
      await enter(tally.takeAll(performance.now()));
    },
  };
}

async function enterRefusals(pool: pg.Pool, counted: readonly CountedRefusal[]): Promise<void> {
  if (counted.length === 0) return;
  await withTransaction(pool, async (tx) => {
    for (const one of counted) await writeAudit(tx, toRecord(one));
  });
}

function toRecord({ shown, reason, whose, address, addresses, times, overSeconds }: CountedRefusal): AuditRecord {
  const where = address ?? 'many addresses';
  return {
    actor: { kind: 'policy', name: AUTOMATION },
    action: 'sign-in.refused',
    subject: whose?.subject ?? { kind: 'address', id: where, name: where },
    environment: whose?.environment ?? null,
    // Of many: those that are named are some of them.
    details: { shown, reason, address: where, addresses, times, overSeconds },
  };
}
