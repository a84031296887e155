import type { AuditEntryView } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type pg from 'pg';
import { withSnapshot } from '../../db/database.ts';
import { limitSearch } from '../operations/limit-search.ts';
import { type AuditFilter, listAudit } from '../operations/list-audit.ts';

/** No index serves a text; some 3 s for a million entries. */
const SEARCH_TIMEOUT_MS = 5_000;

/** SQLSTATE of a statement that took too long. */
const QUERY_CANCELED = '57014';

/**
 * Looks for a text in the audit, for a limited time.
 *
 * @throws TowpathError `AUDIT_SEARCH_TOO_LONG`
 */
export async function searchAudit(pool: pg.Pool, filter: AuditFilter): Promise<AuditEntryView[]> {
  try {
    return await withSnapshot(pool, async (tx) => {
      await limitSearch(tx, SEARCH_TIMEOUT_MS);
      return await listAudit(tx, filter);
    });
  } catch (thrown) {
    const isTooLong = thrown instanceof Error && 'code' in thrown && thrown.code === QUERY_CANCELED;
    throw isTooLong ? searchTooLong(thrown) : thrown;
  }
}

function searchTooLong(cause: Error): TowpathError {
  return new TowpathError(
    {
      code: 'AUDIT_SEARCH_TOO_LONG',
      message: 'The audit is too long to be searched for this text.',
      cause: `It was not through after ${SEARCH_TIMEOUT_MS / 1000} s; no index serves a text.`,
      fix: 'Say more about the entries: their actor, action, subject, environment or time.',
    },
    { cause },
  );
}
