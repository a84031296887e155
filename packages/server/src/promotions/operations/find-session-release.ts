import type { ReleaseBill } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** What a session has to load, and what it said last. */
export interface SessionRelease {
  readonly desired: {
    readonly id: string;
    readonly version: string;
    readonly bundleHash: string | null;
    readonly gitSha: string;
    readonly datakits: ReleaseBill['datakits'];
  } | null;
  /** Null: it reported none. */
  readonly reportedId: string | null;
}

interface Row {
  readonly id: string | null;
  readonly version: string;
  readonly bundle_hash: string | null;
  readonly git_sha: string;
  readonly datakits: ReleaseBill['datakits'];
  readonly reported_id: string | null;
}

const STATEMENT = `
select l.id, l.version, l.bundle_hash, l.bill->>'gitSha' as git_sha, l.bill->'datakits' as datakits, r.release_id as reported_id
from (select $1::text as environment, $2::uuid as session_id) k
left join desired_releases d on d.environment = k.environment
left join releases l on l.id = d.release_id
left join session_releases r on r.session_id = k.session_id`;

/** Both, in one look; with each poll of an agent. Uses the primary keys; locks nothing. */
export async function findSessionRelease(db: Db, environment: string, sessionId: string): Promise<SessionRelease> {
  const { rows } = await db.query<Row>(STATEMENT, [environment, sessionId]);
  const [row] = rows;
  if (!row) throw new Error('a statement that always has a row had none');
  const { id, version, bundle_hash: bundleHash, git_sha: gitSha, datakits, reported_id: reportedId } = row;
  return { desired: id === null ? null : { id, version, bundleHash, gitSha, datakits }, reportedId };
}
