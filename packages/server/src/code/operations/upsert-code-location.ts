import type { Db } from '../../db/database.ts';

/** A code location that was evaluated without error. */
export interface LoadedCodeLocation {
  readonly environment: string;
  readonly name: string;
  readonly sourceHash: string;
  /** What function tasks run from; undefined without them. */
  readonly bundleHash?: string | undefined;
  /** The release that it is; undefined for a working tree. */
  readonly releaseId?: string | undefined;
}

const STATEMENT = `
insert into code_locations (environment, name, source_hash, bundle_hash, release_id, loaded_at)
values ($1, $2, $3, $4, $5, now())
on conflict (environment, name) do update
set source_hash = excluded.source_hash, bundle_hash = excluded.bundle_hash, release_id = excluded.release_id,
    loaded_at = now(),
    error_code = null, error_message = null, error_cause = null, error_at = null
returning (old.source_hash, old.bundle_hash) is distinct from (new.source_hash, new.bundle_hash) as is_changed`;

/**
 * Records a good load; true: its code is another one than before. Locks the location's row, which makes registrations of one
 * location follow each other.
 */
export async function upsertCodeLocation(db: Db, location: LoadedCodeLocation): Promise<boolean> {
  const { environment, name, sourceHash, bundleHash, releaseId } = location;
  const values = [environment, name, sourceHash, bundleHash ?? null, releaseId ?? null];
  const { rows } = await db.query<{ is_changed: boolean }>(STATEMENT, values);
  return rows[0]?.is_changed ?? false;
}
