// The columns of a release, shared by the statements that list or find releases.
import { ReleaseBillSchema, type ReleaseView } from '@towpath/api';

/** A row of `RELEASE_COLUMNS`. */
export interface ReleaseRow {
  readonly id: string;
  readonly project: string;
  readonly version: string;
  readonly bill: unknown;
  readonly changelog: string;
  readonly created_at: string;
  readonly created_by: string;
  readonly created_from: string;
}

/** For `select … from releases l`. */
export const RELEASE_COLUMNS =
  'l.id, l.project, l.version, l.bill, l.changelog, l.created_at, l.created_by, l.created_from';

/** The release as people see it. */
export function toReleaseView(row: ReleaseRow): ReleaseView {
  return {
    id: row.id,
    project: row.project,
    version: row.version,
    bill: ReleaseBillSchema.parse(row.bill),
    changelog: row.changelog,
    createdAt: row.created_at,
    createdBy: row.created_by,
    createdFrom: row.created_from,
  };
}
