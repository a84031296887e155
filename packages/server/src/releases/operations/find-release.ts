import type { ReleaseView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { RELEASE_COLUMNS, type ReleaseRow, toReleaseView } from '../release-row.ts';

const STATEMENT = `select ${RELEASE_COLUMNS} from releases l where l.id = $1`;

/** One release. Uses releases_pkey; locks nothing, since a release never changes. Undefined: there is none. */
export async function findRelease(db: Db, releaseId: string): Promise<ReleaseView | undefined> {
  const { rows } = await db.query<ReleaseRow>(STATEMENT, [releaseId]);
  return rows[0] && toReleaseView(rows[0]);
}
