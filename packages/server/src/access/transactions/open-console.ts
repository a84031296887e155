import type pg from 'pg';
import { personSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { describeHolding } from '../describe-holding.ts';
import { linkInvalid } from '../link-invalid.ts';
import { endCredential } from '../operations/end-credential.ts';
import { findLinkHolder } from '../operations/find-link-holder.ts';
import type { HandedOn } from '../operations/insert-console-link.ts';
import { insertConsoleSession } from '../operations/insert-console-session.ts';
import { lockHolder } from '../operations/lock-holder.ts';
import { redeemConsoleLink } from '../operations/redeem-console-link.ts';

/** A console session; `cookie` is shown to the browser alone. */
export interface OpenedConsole extends HandedOn {
  readonly cookie: string;
}

/**
 * Exchanges a link for a session, which is new; one that the browser had before ends. Locks: its holder, the link.
 *
 * @throws TowpathError `LINK_INVALID`
 */
export function openConsole(
  pool: pg.Pool,
  { link, before }: { readonly link: string; readonly before: string | undefined },
  lifeSeconds: number,
): Promise<OpenedConsole> {
  return withTransaction(pool, 'open-console', async (tx) => {
    const holder = await findLinkHolder(tx, link);
    if (holder !== undefined) await lockHolder(tx, holder);
    const person = await redeemConsoleLink(tx, link);
    if (!person) throw linkInvalid();
    if (before !== undefined) await endCredential(tx, before);
    await writeAudit(tx, {
      actor: { kind: 'person', name: person.name },
      action: 'console-session.opened',
      subject: personSubject(person.name),
      environment: null,
      details: { ...describeHolding(person.holding), lifeSeconds },
    });
    return { ...person, cookie: await insertConsoleSession(tx, person, lifeSeconds) };
  });
}
