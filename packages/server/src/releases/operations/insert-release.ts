import type { ReleaseBill } from '@towpath/core';
import type { Human } from '../../access/operations/find-human.ts';
import type { Db } from '../../db/database.ts';

/** A release to be recorded. */
export interface NewRelease {
  readonly id: string;
  readonly version: string;
  readonly bill: ReleaseBill;
  readonly changelog: string;
  readonly createdBy: string;
  /** Who stands behind it. */
  readonly behind: Human;
  readonly createdFrom: string;
}

const STATEMENT = `
insert into releases (id, project, version, bill, bundle_hash, changelog, created_by, created_from, person_behind,
  account_behind)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict do nothing`;

/** Records a release; false: its id or its version is there. A second one of either waits for the first. */
export async function insertRelease(db: Db, release: NewRelease): Promise<boolean> {
  const { id, version, bill, changelog, createdBy, createdFrom } = release;
  const answer = await db.query(STATEMENT, [
    id,
    bill.project,
    version,
    JSON.stringify(bill),
    bill.bundleHash ?? null,
    changelog,
    createdBy,
    createdFrom,
    release.behind.name,
    release.behind.account,
  ]);
  return answer.rowCount === 1;
}
