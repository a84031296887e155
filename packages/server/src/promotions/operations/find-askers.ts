import type { Human } from '../../access/operations/find-human.ts';
import type { Db } from '../../db/database.ts';

interface Row {
  readonly author: string;
  readonly author_account: string | null;
  readonly initiator: string | null;
  readonly initiator_account: string | null;
}

const STATEMENT = `
select coalesce(l.person_behind, l.created_by) as author, l.account_behind as author_account,
       coalesce(p.person_behind, p.requested_by) as initiator, p.account_behind as initiator_account
from releases l left join promotions p on p.id = $2
where l.id = $1`;

/** Who recorded a release, and who asked for the promotion of it. */
export interface Askers {
  readonly author: Human;
  /** Undefined: nobody asked for it yet. */
  readonly initiator: Human | undefined;
}

/** The people who may not approve what they did themselves, or a service account of theirs. Uses releases_pkey and promotions_pkey. */
export async function findAskers(
  db: Db,
  { releaseId, promotionId }: { readonly releaseId: string; readonly promotionId?: string | undefined },
): Promise<Askers | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [releaseId, promotionId ?? null]);
  const [row] = rows;
  if (!row) return undefined;
  const { author, author_account, initiator, initiator_account } = row;
  return {
    author: { name: author, account: author_account ?? '' },
    initiator: initiator === null ? undefined : { name: initiator, account: initiator_account ?? '' },
  };
}
