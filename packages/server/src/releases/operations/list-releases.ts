import type { ReleaseView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { RELEASE_COLUMNS, type ReleaseRow, toReleaseView } from '../release-row.ts';

/** Which releases. */
export interface ReleaseFilter {
  readonly project?: string | undefined;
  readonly version?: string | undefined;
  readonly limit: number;
}

const STATEMENT = `
select ${RELEASE_COLUMNS}
from releases l
where ($1::text is null or l.project = $1) and ($2::text is null or l.version = $2)
order by l.created_at desc, l.id
limit $3`;

/** Releases, newest first. Uses releases_version_key with a project; there are some hundred a year. Locks nothing. */
export async function listReleases(db: Db, { project, version, limit }: ReleaseFilter): Promise<ReleaseView[]> {
  const { rows } = await db.query<ReleaseRow>(STATEMENT, [project ?? null, version ?? null, limit]);
  return rows.map(toReleaseView);
}
