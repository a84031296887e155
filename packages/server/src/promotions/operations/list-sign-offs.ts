import type { SignOffView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { SIGN_OFF_COLUMNS, type SignOffRow, toSignOffView } from '../sign-off-row.ts';

/** Of which release, and where. */
export interface SignOffKey {
  readonly releaseId: string;
  readonly environment?: string | undefined;
}

const STATEMENT = `
select ${SIGN_OFF_COLUMNS} from sign_offs
where release_id = $1 and ($2::text is null or environment = $2)
order by given_at desc, id desc`;

/** Sign-offs of a release, newest first, withdrawn ones too. Uses sign_offs_release_idx; locks nothing. */
export async function listSignOffs(db: Db, { releaseId, environment }: SignOffKey): Promise<SignOffView[]> {
  const { rows } = await db.query<SignOffRow>(STATEMENT, [releaseId, environment ?? null]);
  return rows.map(toSignOffView);
}
